import { readFileSync } from 'node:fs'
import {
  type Clock,
  ConfigError,
  type CoreEvent,
  createVerifier,
  protectedResource,
  type Verifier,
} from '@latchkey/core'
import { createKeyring, createSessions, type SessionEvent, type Sessions } from '@latchkey/session'
import { readBinding } from './binding.js'
import { type GuardedRoute, readGuards } from './guards.js'
import { isObject } from './is-object.js'
import { type LookupEvent, readIssuers } from './issuers.js'
import type { Tls } from './listen.js'

/** Everything the servers need, read from one configuration file. */
export interface Contract {
  readonly verifier: Verifier
  readonly sessions: Sessions | undefined
  /** The issuer of the sessions' own tokens. */
  readonly sessionIssuer: unknown
  /** Whether there are forms for pages without script, which is so if tokens travel in cookies. */
  readonly hasForms: boolean
  /** Additional guarded routes. */
  readonly guards: readonly GuardedRoute[]
  /** The events that the library has reported since the start, oldest first. */
  readonly events: readonly (CoreEvent | SessionEvent | LookupEvent)[]
  /** Moves the manual clock forward by a number of seconds. Undefined with the system clock. */
  readonly advance: ((seconds: number) => void) | undefined
  /** Options for TLS. Undefined for plain http. */
  readonly tls: Tls | undefined
  /** Whether to wait for the keys before the server listens. */
  readonly waitForKeys: boolean
}

/** The options that sessions and their verifier share. */
interface Shared {
  readonly onEvent: (event: CoreEvent | SessionEvent) => void
  readonly clock?: Clock
  readonly trustedOrigins?: never
}

/**
 * Reads the configuration that CONTRACT_CONFIG names. Members that are not the contract server's own go to the library as they
 * are, so that the library refuses those that it does not know.
 *
 * @throws ConfigError (as a rejection)
 */
export async function readContract(path: string | undefined): Promise<Contract> {
  const {
    issuers,
    sessions: session,
    clock,
    trustedOrigins,
    guards,
    dpop,
    mtls,
    tls,
    resource,
    ...verifying
  } = readJson(path)
  if (clock !== undefined && clock !== 'manual') throw new ConfigError("clock can only be 'manual'.")

  const manual = clock === 'manual' ? manualClock() : undefined
  const events: (CoreEvent | SessionEvent | LookupEvent)[] = []
  const shared: Shared = {
    onEvent: (event) => events.push(event),
    ...(manual === undefined ? {} : { clock: manual.clock }),
    ...(trustedOrigins === undefined ? {} : { trustedOrigins: trustedOrigins as never }),
  }
  const binding = await readBinding(dpop, mtls)
  const described = resource === undefined ? {} : { resource: protectedResource(resource as never) }
  const verifier = { ...verifying, ...binding, ...described, ...readIssuers(issuers, (event) => events.push(event)) }
  const sessions = session === undefined ? undefined : await readSessions(session, verifier, shared)
  return {
    verifier: sessions?.verifier ?? createVerifier({ ...verifier, ...shared }),
    sessions,
    sessionIssuer: isObject(session) ? session['issuer'] : undefined,
    hasForms: isObject(session) && session['delivery'] !== 'body',
    guards: readGuards(guards),
    tls: readTls(tls),
    events,
    advance: manual?.advance,
    waitForKeys: requiresKeys(verifying['keySet']),
  }
}

async function readSessions(session: unknown, verifier: object, shared: Shared): Promise<Sessions> {
  if (!isObject(session)) throw new ConfigError('sessions must be an object.')
  const { keys, store, accessTokenTtl, ...options } = session
  const { clock } = shared
  // Loaded only for sessions, because the database clients take longest to load.
  const { openStore } = await import('./stores.js')
  const keyring = await createKeyring({
    ...(keys === undefined ? {} : { keys: keys as never }),
    ...(clock === undefined ? {} : { clock }),
    // Longer than any access token lives.
    ...(typeof accessTokenTtl === 'number' ? { retireAfter: accessTokenTtl + 3600 } : {}),
  })
  const sessions = createSessions({
    ...(options as { issuer: never; audience: never }),
    ...(accessTokenTtl === undefined ? {} : { accessTokenTtl: accessTokenTtl as never }),
    ...shared,
    keyring,
    store: openStore(store, clock),
    verifier,
  })
  await sessions.ready()
  return sessions
}

function readJson(path: string | undefined): Record<string, unknown> {
  if (path === undefined || path === '') throw new ConfigError('CONTRACT_CONFIG must name a JSON file.')
  let content: unknown
  try {
    content = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new ConfigError(`CONTRACT_CONFIG cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (!isObject(content)) throw new ConfigError('CONTRACT_CONFIG must hold a JSON object.')
  return content
}

function readTls(tls: unknown): Tls | undefined {
  if (tls === undefined) return undefined
  const { cert, key, ca } = isObject(tls) ? tls : {}
  if (typeof cert === 'string' && typeof key === 'string' && typeof ca === 'string') return { cert, key, ca }
  throw new ConfigError('tls must have the PEM texts cert, key and ca.')
}

function requiresKeys(keySet: unknown): boolean {
  return isObject(keySet) && keySet['startup'] === 'require'
}

/** A clock that starts at the present, in whole seconds, and moves only when it is told to. */
function manualClock(): { clock: Clock; advance: (seconds: number) => void } {
  let now = Math.floor(Date.now() / 1000)
  return {
    clock: () => now,
    advance: (seconds) => {
      now += seconds
    },
  }
}
