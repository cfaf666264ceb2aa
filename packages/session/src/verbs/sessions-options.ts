import { type Clock, ConfigError } from '@latchkey/core'
import {
  defaultClockTolerance,
  isFilledText,
  refuseUnknownOptions,
  requireCount,
  requireNonNegative,
  requireOneOrMore,
  systemClock,
} from '@latchkey/core/adapter'
import { createSessionCookies, type SessionCookies } from '../delivery/cookies.js'
import { type DeviceBound, readDeviceBound } from '../device/device-option.js'
import { memoryStore } from '../store/memory-store.js'
import type { SessionStore } from '../store/session-store.js'
import { defaultAccessTokenTtl } from '../tokens/issue-tokens.js'
import { createTokenEncryption, type TokenEncryption } from '../tokens/token-encryption.js'
import type { SessionsOptions } from './sessions.js'

/** The checked options, with their defaults. */
export interface Settings {
  readonly store: SessionStore
  readonly clock: Clock
  /** Undefined: access tokens are not encrypted. */
  readonly encryption: TokenEncryption | undefined
  /** Undefined with `delivery: 'body'`. */
  readonly cookies: SessionCookies | undefined
  /** Undefined: no session is bound to a device. */
  readonly deviceBound: DeviceBound | undefined
}

const audienceForm = 'is missing or empty. Give the `aud` for the access tokens, or a list of values.'

const optionNames: Record<keyof SessionsOptions, true> = {
  keyring: true,
  store: true,
  issuer: true,
  audience: true,
  accessTokenTtl: true,
  idleTtl: true,
  absoluteTtl: true,
  reuseGrace: true,
  sessionsPerSubject: true,
  revocation: true,
  delivery: true,
  encryption: true,
  cookies: true,
  deviceBound: true,
  onRefresh: true,
  onEvent: true,
  clock: true,
  trustedOrigins: true,
  verifier: true,
}

/**
 * Checks the options that only sessions have. `createVerifier` checks issuer, trusted origins and the rest.
 *
 * @throws ConfigError that says which option is wrong and what to write instead
 */
export function readOptions<Claims extends object>(options: SessionsOptions<Claims>): Settings {
  refuseUnknownOptions('createSessions', options, optionNames)
  const { accessTokenTtl, idleTtl, absoluteTtl, reuseGrace, sessionsPerSubject, verifier = {} } = options
  for (const [name, seconds] of Object.entries({ accessTokenTtl, idleTtl, absoluteTtl })) {
    requireNonNegative(name, seconds)
    if (seconds === 0)
      throw new ConfigError(`${name} is 0, so that nobody would ever be logged in. Give seconds, more than 0.`)
  }
  requireNonNegative('reuseGrace', reuseGrace)
  requireCount('sessionsPerSubject', sessionsPerSubject)
  requireOneOrMore('audience', options.audience, isFilledText, audienceForm)
  requireOneOf('revocation', options.revocation, ['expiry', 'immediate'])
  requireOneOf('delivery', options.delivery, ['cookie', 'body'])
  requireFunctions({ onRefresh: options.onRefresh, onEvent: options.onEvent, clock: options.clock })
  requireStore(options.store)
  if (typeof verifier !== 'object' || verifier === null) throw new ConfigError('verifier must be an object of options.')
  requireNoTwins(verifier)
  const tolerance = verifier.clockTolerance ?? defaultClockTolerance
  requireKeyring(options.keyring, (accessTokenTtl ?? defaultAccessTokenTtl) + tolerance)
  const { clock = systemClock, encryption } = options
  return {
    store: options.store ?? memoryStore({ clock }),
    clock,
    encryption: encryption === undefined ? undefined : createTokenEncryption(encryption),
    cookies: readCookies(options),
    deviceBound: readDeviceBound(options.deviceBound, options.delivery),
  }
}

function requireFunctions(options: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && typeof value !== 'function') throw new ConfigError(`${name} must be a function.`)
  }
}

function requireStore(store: Partial<SessionStore> | undefined): void {
  if (store === undefined) return
  if (typeof store?.familiesOf !== 'function' || typeof store.prepare !== 'function') {
    throw new ConfigError(
      'store is not a session store. Give memoryStore(), redisStore(…) or postgresStore(…), or leave it out.',
    )
  }
}

function readCookies<Claims extends object>({ delivery, cookies = {} }: SessionsOptions<Claims>): Settings['cookies'] {
  if (delivery === 'body') {
    if (Object.keys(cookies).length > 0)
      throw new ConfigError("cookies goes with delivery 'cookie' alone. Remove the one or the other.")
    return undefined
  }
  return createSessionCookies(cookies)
}

function requireKeyring(keyring: SessionsOptions['keyring'] | undefined, least: number): void {
  if (typeof keyring?.signingKey !== 'function') {
    throw new ConfigError('keyring is missing. Write `keyring: await createKeyring({ keys })`; mind the await.')
  }
  if (keyring.retireAfter < least) {
    throw new ConfigError(
      `The keyring's retireAfter is less than an access token lives: make it at least ${least} seconds, or tokens in flight are refused.`,
    )
  }
}

/** Refuses options of the verifier that sessions have too: sessions and guards must use the same. */
function requireNoTwins(verifier: object): void {
  for (const name of ['onEvent', 'clock', 'trustedOrigins', 'issuer', 'audience']) {
    if (name in verifier)
      throw new ConfigError(`verifier.${name}: say ${name} beside verifier, where it counts for all.`)
  }
}

function requireOneOf(name: string, value: unknown, choices: readonly string[]): void {
  if (value !== undefined && !choices.includes(value as string)) {
    throw new ConfigError(`${name} must be ${choices.map((choice) => `'${choice}'`).join(' or ')}.`)
  }
}
