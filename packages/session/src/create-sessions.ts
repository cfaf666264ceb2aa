import {
  type CoreEvent,
  createVerifier,
  type IssuerOptions,
  type SharedOptions,
  type UntypedClaims,
  type Verifier,
} from '@latchkey/core'
import { createEmit, createVerifierBeside, type Emit, readTrustedOrigins } from '@latchkey/core/adapter'
import { bodyDelivery, cookieDelivery } from './delivery/delivery.js'
import { createDeviceBinding } from './device/device-binding.js'
import { createPendingBindings, type PendingBindings } from './device/pending-bindings.js'
import type { SessionEvent } from './events/events.js'
import { createJwksAnswer } from './keyring/jwks-answer.js'
import { createRefreshInPassing, neverRefresh } from './refresh/refresh-in-passing.js'
import { createRefreshSession } from './refresh/refresh-session.js'
import { createEndSession, type EndSession } from './revocation/end-session.js'
import { createRevocationList, type RevocationList } from './revocation/revocation-list.js'
import { type BeginWithStore, guardStore } from './store/guarded-store.js'
import type { RevocationLog, SessionStore } from './store/session-store.js'
import { createTokenIssuer } from './tokens/issue-tokens.js'
import { createDevices } from './verbs/devices.js'
import type { Sessions, SessionsOptions } from './verbs/sessions.js'
import { readOptions, type Settings } from './verbs/sessions-options.js'
import { createStartSession } from './verbs/start-session.js'
import { createVerbRules } from './verbs/verb-rules.js'
import { createVerbs } from './verbs/verbs.js'

type AnyEmit = Emit<SessionEvent | CoreEvent>

/**
 * Makes an app's sessions: log-in, refresh, log-out, and a verifier for the guards. It checks all options here, so that a
 * mistake shows when the app starts and not at a request.
 *
 * @throws ConfigError if an option is missing, unknown, contradictory or unsafe
 */
export function createSessions<Claims extends object = UntypedClaims>(
  options: SessionsOptions<Claims>,
): Sessions<Claims> {
  const settings = readOptions(options)
  const emit: AnyEmit = createEmit(options.onEvent)
  const { store, clock } = settings
  const revocations = options.revocation === 'immediate' ? createRevocationList(clock, emit) : undefined
  const begin = guardStore(store.familiesOf(options.issuer), emit)
  const end = createEndSession(emit, revocations)
  const pending =
    revocations && settings.deviceBound?.mode === 'required' ? waitForBindings(begin, end, clock) : undefined
  const verifier = makeVerifier(options, settings, revocations, pending, emit)
  // Only now, so that nothing follows the store if an option is refused.
  revocations?.follow(preparedLog(store, options.issuer))
  const { keyring } = options
  return {
    issuer: options.issuer,
    store,
    delivery: options.delivery ?? 'cookie',
    ...compose(options, settings, { begin, end, pending }, verifier, emit),
    jwks: () => keyring.jwks(),
    jwksAnswer: createJwksAnswer(() => keyring.jwks()),
    ready: async () => {
      await store.prepare()
      await revocations?.ready()
    },
    close: async () => revocations?.close(),
  }
}

/** Gives the store's revocation log. It prepares the store first, because the app may not have awaited `ready`. */
function preparedLog(store: SessionStore, issuer: string): RevocationLog {
  return {
    watch: async (watcher) => {
      await store.prepare()
      return store.familiesOf(issuer).revocations.watch(watcher)
    },
  }
}

/** Ends sessions that were not bound in time, neither by this process nor by another. */
function waitForBindings(begin: BeginWithStore, end: EndSession, clock: Settings['clock']): PendingBindings {
  return createPendingBindings(clock, async (session) => {
    const store = begin()
    const record = await store.read(session)
    if (!('gone' in record)) return record.deviceKey !== null
    if (record.gone === 'unbound') await end.one(store, session, 'unbound')
    return true
  })
}

/** Makes a verifier with the sessions' own issuer, before the other issuers that the app accepts. */
function makeVerifier<Claims extends object>(
  { keyring, issuer, audience, trustedOrigins, verifier: { issuers = [], ...shared } = {} }: SessionsOptions<Claims>,
  { clock, cookies, encryption }: Settings,
  revocations: RevocationList | undefined,
  pending: PendingBindings | undefined,
  emit: AnyEmit,
): Verifier<Claims> {
  const { verification } = keyring
  const own: IssuerOptions = {
    issuer,
    audience,
    tokenType: 'at+jwt',
    ...('jwks' in verification
      ? { jwks: verification.jwks }
      : { secret: verification.secrets, algorithms: ['HS256'] as const }),
    ...(revocations === undefined ? {} : { isRevoked: isRevokedBy(revocations, pending) }),
  }
  const common: SharedOptions<Claims> & { readonly keepFor?: number } = {
    tokenFrom: cookies === undefined ? ['header'] : ['header', { cookie: cookies.access.name }],
    ...shared,
    ...(trustedOrigins === undefined ? {} : { trustedOrigins }),
    ...(encryption === undefined ? {} : { decryption: encryption.decryption }),
    onEvent: emit,
    clock,
  }
  return typeof issuers === 'function'
    ? createVerifierBeside<Claims>(own, { ...common, issuers })
    : createVerifier<Claims>({ ...common, issuers: [own, ...issuers] })
}

/**
 * Makes the `isRevoked` of the sessions' own issuer. It asks the list of revoked sessions first: while the store cannot be
 * reached, nobody knows whether another process has bound a session to a device.
 */
function isRevokedBy(revocations: RevocationList, pending: PendingBindings | undefined): RevocationList['isRevoked'] {
  if (pending === undefined) return revocations.isRevoked
  return (claims) => {
    const isRevoked = revocations.isRevoked(claims)
    return isRevoked === false ? pending.isOverdue(String((claims as { sid?: unknown }).sid)) : isRevoked
  }
}

/** What works with the store. */
interface Behind {
  readonly begin: BeginWithStore
  readonly end: EndSession
  readonly pending: PendingBindings | undefined
}

/** The members that `compose` makes. */
type Composed =
  | 'verifier'
  | 'start'
  | 'refresh'
  | 'bind'
  | 'end'
  | 'endAll'
  | 'sessionOf'
  | 'absoluteTtl'
  | 'list'
  | 'endOne'
  | 'endAllOf'
  | 'authenticateOrRefresh'

/** Makes the verbs and their parts, and the verifier, which recognises a session that a guard has just refreshed. */
function compose<Claims extends object>(
  options: SessionsOptions<Claims>,
  { clock, cookies, encryption, deviceBound }: Settings,
  { begin, end, pending }: Behind,
  verifier: Verifier<Claims>,
  emit: AnyEmit,
): Pick<Sessions<Claims>, Composed> {
  const { issuer, audience, keyring, accessTokenTtl, idleTtl, absoluteTtl, reuseGrace, onRefresh } = options
  const { clockTolerance, maxTokenLength } = options.verifier ?? {}
  const trustedOrigins = readTrustedOrigins(options.trustedOrigins)
  const encrypt = encryption?.encrypt
  const delivery = cookies === undefined ? bodyDelivery() : cookieDelivery(cookies.access, cookies.refresh)
  const lives = { accessTokenTtl, idleTtl, absoluteTtl, clockTolerance }
  const tokens = createTokenIssuer({ issuer, audience, keyring, ...lives, maxTokenLength, clock, encrypt, delivery })
  const device =
    deviceBound && cookies && createDeviceBinding({ options: deviceBound, cookies, begin, end, emit, clock, pending })
  const behind = { begin, tokens, end, emit, clock, device }
  const { refresh, refreshInPassing } = createRefreshSession({ ...behind, reuseGrace, onRefresh })
  const start = createStartSession({ ...behind, sessionsPerSubject: options.sessionsPerSubject })
  const rules = createVerbRules(trustedOrigins, emit)
  const inPassing =
    cookies === undefined
      ? neverRefresh(verifier.authenticate)
      : createRefreshInPassing({
          authenticate: verifier.authenticate,
          refresh: refreshInPassing,
          emit,
          accessCookie: cookies.access.name,
          refreshCookie: cookies.refresh.name,
          trustedOrigins,
        })
  return {
    verifier: {
      ...verifier,
      authenticate: inPassing.authenticate,
      stats: () => inPassing.countIn(verifier.stats()),
    },
    ...createVerbs({ rules, delivery, start, refresh, end, begin, inPassing, issuer, device }),
    ...createDevices(begin, end),
    authenticateOrRefresh: inPassing.authenticateOrRefresh,
    absoluteTtl: tokens.lives.absoluteTtl,
  }
}
