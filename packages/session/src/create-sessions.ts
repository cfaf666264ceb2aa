import { type CoreEvent, createVerifier, type IssuerOptions, type UntypedClaims, type Verifier } from '@latchkey/core'
import { type Authenticate, createEmit, type Emit } from '@latchkey/core/adapter'
import { bodyDelivery, cookieDelivery } from './delivery/delivery.js'
import type { SessionEvent } from './events/events.js'
import { createJwksAnswer } from './keyring/jwks-answer.js'
import { createRefreshInPassing, neverRefresh } from './refresh/refresh-in-passing.js'
import { createRefreshSession } from './refresh/refresh-session.js'
import { createEndSession } from './revocation/end-session.js'
import { followRevocations, type RevocationList } from './revocation/revocation-list.js'
import { guardStore } from './store/guarded-store.js'
import type { Family, RevocationLog, SessionStore } from './store/session-store.js'
import { issueAccessToken } from './tokens/access-token.js'
import type { Sessions, SessionsOptions } from './verbs/sessions.js'
import { readOptions, type Settings } from './verbs/sessions-options.js'
import { createVerbs, type Issued, type VerbsContext } from './verbs/verbs.js'

type AnyEmit = Emit<SessionEvent | CoreEvent>

/** More seconds than the clocks of processes differ by, so that an entry outlives the last token that it refuses. */
const revocationMargin = 60

/**
 * Makes an app's sessions: log-in, refresh, log-out, and a verifier for the guards. Everything is checked here, so that a
 * mistake shows when the app starts and not at a request.
 *
 * @throws ConfigError for an option that is missing, unknown, contradictory or unsafe
 */
export function createSessions<Claims extends object = UntypedClaims>(
  options: SessionsOptions<Claims>,
): Sessions<Claims> {
  const settings = readOptions(options)
  const emit: AnyEmit = createEmit(options.onEvent)
  const list: { revocations?: RevocationList } = {}
  const verifier = makeVerifier(options, settings, list, emit)
  // Only now, so that a refused option leaves nothing behind that follows the store.
  if (settings.isImmediate) {
    list.revocations = followRevocations(preparedLog(settings.store, options.issuer), settings.clock, emit)
  }
  const context = compose(options, settings, list.revocations, emit, verifier.authenticate)
  const { keyring } = options
  return {
    verifier: { ...verifier, authenticate: context.inPassing.authenticate },
    ...createVerbs(context),
    endAllOf: (sub) => context.end.allOf(sub),
    list: (sub) => context.store.list(sub),
    authenticateOrRefresh: context.inPassing.authenticateOrRefresh,
    jwks: () => keyring.jwks(),
    jwksAnswer: createJwksAnswer(() => keyring.jwks()),
    ready: async () => {
      await settings.store.prepare()
      await list.revocations?.ready()
    },
    close: async () => list.revocations?.close(),
  }
}

/** What the log is kept in may not be there yet where `ready` was not awaited. */
function preparedLog(store: SessionStore, issuer: string): Pick<RevocationLog, 'watch'> {
  return {
    watch: async (watcher) => {
      await store.prepare()
      return store.familiesOf(issuer).revocations.watch(watcher)
    },
  }
}

/** A verifier with the sessions' own issuer before those that are accepted besides. */
function makeVerifier<Claims extends object>(
  { keyring, issuer, audience, trustedOrigins, verifier: { issuers = [], ...shared } = {} }: SessionsOptions<Claims>,
  { clock, cookies, encryption, isImmediate }: Settings,
  list: { readonly revocations?: RevocationList },
  emit: AnyEmit,
): Verifier<Claims> {
  const { verification } = keyring
  const own = {
    issuer,
    audience,
    tokenType: 'at+jwt' as const,
    ...('jwks' in verification
      ? { jwks: verification.jwks }
      : { secret: verification.secrets, algorithms: ['HS256' as const] }),
  }
  const ours: IssuerOptions = isImmediate
    ? { ...own, isRevoked: (claims) => list.revocations?.isRevoked(claims) ?? 'unsure' }
    : own
  return createVerifier<Claims>({
    tokenFrom: cookies === undefined ? ['header'] : ['header', { cookie: cookies.access.name }],
    ...shared,
    issuers: typeof issuers === 'function' ? (iss) => (iss === issuer ? ours : issuers(iss)) : [ours, ...issuers],
    ...(trustedOrigins === undefined ? {} : { trustedOrigins }),
    ...(encryption === undefined ? {} : { decryption: encryption.decryption }),
    onEvent: emit,
    clock,
  })
}

/** Everything behind the verbs. */
function compose<Claims extends object>(
  { keyring, issuer, audience, onRefresh, trustedOrigins = [] }: SessionsOptions<Claims>,
  settings: Settings,
  revocations: RevocationList | undefined,
  emit: AnyEmit,
  authenticate: Authenticate<Claims>,
): VerbsContext<Claims> {
  const {
    sessionsPerSubject,
    clock,
    cookies,
    encryption,
    accessTokenTtl,
    idleTtl,
    absoluteTtl,
    reuseGrace,
    clockTolerance,
  } = settings
  const store = guardStore(settings.store.familiesOf(issuer), emit)
  const delivery = cookies === undefined ? bodyDelivery() : cookieDelivery(cookies.access, cookies.refresh)
  const accessTtl = accessTokenTtl + clockTolerance + revocationMargin
  const end = createEndSession({ store, emit, revocations })
  const rules = { issuer, audience, keyring, accessTokenTtl, clock, encrypt: encryption?.encrypt }

  async function issue(family: Family, refreshToken: string): Promise<Issued> {
    const { accessToken, expiresIn } = await issueAccessToken(family, rules)
    const refreshExpiresIn = Math.max(0, Math.min(idleTtl, family.absoluteEnd - clock()))
    return { accessToken, answer: delivery.tokens({ accessToken, expiresIn, refreshToken, refreshExpiresIn }) }
  }

  const { refresh, refreshInPassing } = createRefreshSession({
    store,
    emit,
    end,
    reuseGrace,
    idleTtl,
    accessTtl,
    audience: audienceOf(audience),
    onRefresh,
    issue,
  })
  const origins = new Set(trustedOrigins)
  const inPassing =
    cookies === undefined
      ? neverRefresh(authenticate)
      : createRefreshInPassing({
          authenticate,
          refresh: refreshInPassing,
          emit,
          accessCookie: cookies.access.name,
          refreshCookie: cookies.refresh.name,
          trustedOrigins: origins,
        })
  return {
    issuer,
    audience: audienceOf(audience),
    perSubject: sessionsPerSubject,
    accessTtl,
    store,
    delivery,
    emit,
    idleTtl,
    absoluteTtl,
    clock,
    issue,
    refresh,
    end,
    inPassing,
    trustedOrigins: origins,
  }
}

function audienceOf(audience: string | readonly string[]): readonly string[] {
  return typeof audience === 'string' ? [audience] : audience
}
