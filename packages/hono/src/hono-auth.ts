import { type Auth, ConfigError, type RequirementOptions, type UntypedClaims, type Verifier } from '@latchkey/core'
import {
  createRequirement,
  type Decision,
  optionalStoredAuth,
  type Requirement,
  refuseUnknownOptions,
  requireRealm,
  requireStoredAuth,
  type StoredAuth,
} from '@latchkey/core/adapter'
import type { RefreshedDecision, Sessions } from '@latchkey/session'
import type { Context, MiddlewareHandler, Next } from 'hono'
import { appendCookies, createDeny, type OnDeny } from './hono-answer.js'
import { honoRequestView } from './hono-request-view.js'
import { createHonoSession, type HonoSession } from './hono-session.js'

/** What a middleware answers with: a response, or nothing where it let the request pass. */
type MiddlewareResult = ReturnType<MiddlewareHandler>

/** What `honoAuth` takes. */
export interface HonoAuthOptions<Claims extends object = UntypedClaims, Name extends string = 'auth'> {
  /** Decides about requests; from `createVerifier`, or the `verifier` of the sessions. */
  readonly verifier: Verifier<Claims>
  /** From `createSessions`: adds `session`, the verbs, to what `honoAuth` gives. Default: none. */
  readonly sessions?: Sessions<Claims>
  /** Protection space named in the challenge (RFC 9110 §11.5). Default: none. */
  readonly realm?: string
  /** Answers a refused request in place of the guard or verb. Default: the problem body and challenge of the error's code. */
  readonly onDeny?: OnDeny
  /** The member of `c.var` that holds the identity. Default `auth`; give a second verifier in one app another name. */
  readonly variable?: Name
}

/**
 * The environment that a guard leaves to what comes after it. A guard in front of a handler brings it along; for one
 * guard over a whole app say it yourself: `new Hono<AuthEnv<Auth<MyClaims>>>()`.
 */
export type AuthEnv<Identity, Name extends string = 'auth'> = { Variables: { [Variable in Name]: Identity } }

/** What `honoAuth` gives. */
export interface HonoAuth<Claims extends object = UntypedClaims, Name extends string = 'auth'> {
  /** Lets only requests pass that carry one good token with the required scopes. Throws ConfigError for bad options. */
  readonly requireAuth: (options?: RequirementOptions) => MiddlewareHandler<AuthEnv<Auth<Claims>, Name>>
  /** Lets also requests pass that carry no token at all. A bad token is refused. Throws ConfigError for bad options. */
  readonly optionalAuth: (options?: RequirementOptions) => MiddlewareHandler<AuthEnv<Auth<Claims> | null, Name>>
  /** Who is calling, where the type of `c` does not say so. Throws ConfigError where no guard ran or no token came. */
  readonly getAuth: (c: Context) => Auth<Claims>
  /** Who is calling, null for nobody. Throws ConfigError where no guard ran. */
  readonly getOptionalAuth: (c: Context) => Auth<Claims> | null
}

/** What a guard can be asked in an app with sessions. */
export interface SessionGuardOptions extends RequirementOptions {
  /**
   * For pages without script: where the access cookie is gone or expired and a refresh cookie came along, refreshes the
   * session in passing and sets the new cookies on the response. Default false: the client calls `refresh` itself.
   */
  readonly refresh?: boolean
}

/** What `honoAuth` gives an app with sessions. */
export interface HonoSessionAuth<Claims extends object = UntypedClaims, Name extends string = 'auth'>
  extends HonoAuth<Claims, Name> {
  readonly requireAuth: (options?: SessionGuardOptions) => MiddlewareHandler<AuthEnv<Auth<Claims>, Name>>
  readonly optionalAuth: (options?: SessionGuardOptions) => MiddlewareHandler<AuthEnv<Auth<Claims> | null, Name>>
  /** The verbs: log-in, refresh, log-out. */
  readonly session: HonoSession
}

/**
 * Guards for Hono over a verifier, and session verbs over `sessions` where they are given; on Web standards alone.
 * `c.var.auth` is what the last guard of that variable found; `getAuth` reads what this verifier's guard found, also where
 * another one uses the same variable.
 *
 * @throws ConfigError for an unknown option, a missing verifier, one that is not the sessions' own, or a realm that cannot
 * be quoted
 */
export function honoAuth<Claims extends object = UntypedClaims, const Name extends string = 'auth'>(
  options: HonoAuthOptions<Claims, Name> & { readonly sessions: Sessions<Claims> },
): HonoSessionAuth<Claims, Name>
export function honoAuth<Claims extends object = UntypedClaims, const Name extends string = 'auth'>(
  options: HonoAuthOptions<Claims, Name> & { readonly sessions?: never },
): HonoAuth<Claims, Name>
export function honoAuth<Claims extends object = UntypedClaims, const Name extends string = 'auth'>(
  options: HonoAuthOptions<Claims, Name>,
): HonoAuth<Claims, Name> | HonoSessionAuth<Claims, Name> {
  refuseUnknownOptions('honoAuth', options, ['verifier', 'sessions', 'realm', 'onDeny', 'variable'])
  requireRealm(options.realm)
  const { verifier, sessions, variable = 'auth' } = options
  if (verifier === undefined) throw new ConfigError('honoAuth: verifier is missing. Make one with createVerifier.')
  if (sessions !== undefined && verifier !== sessions.verifier) throw new ConfigError(otherVerifier)

  const deny = createDeny(options.realm, options.onDeny)
  const slot = Symbol('latchkey.auth')
  type Slotted = Context<{ Variables: { [slot]: StoredAuth<Claims> } & Record<string, StoredAuth<Claims>> }>

  function carryOut(decision: Decision<Claims>, c: Slotted, next: Next, caching = 'private'): MiddlewareResult {
    if (!decision.allow) return Promise.resolve(deny(decision.error, c))
    c.set(slot, decision.auth)
    c.set(variable, decision.auth)
    return decision.auth?.source === 'cookie' ? nextUncached(c, next, caching) : next()
  }

  /** The cookies go on whatever response there is in the end, since the old refresh token is used up. */
  async function carryOutRefreshed(refreshed: RefreshedDecision<Claims>, c: Slotted, next: Next): Promise<void> {
    const response = await carryOut(refreshed.decision, c, next, refreshed.headers['cache-control'])
    if (response instanceof Response) c.res = response
    appendCookies(c, refreshed.setCookie)
  }

  function guard(requirement: Requirement): (c: Context, next: Next) => MiddlewareResult {
    return (c, next) => {
      const decision = verifier.authenticate(honoRequestView(c), requirement)
      if (!(decision instanceof Promise)) return carryOut(decision, c, next)
      return decision.then((late) => carryOut(late, c, next))
    }
  }

  function refreshingGuard(
    requirement: Requirement,
    { authenticateOrRefresh }: Sessions<Claims>,
  ): (c: Context, next: Next) => MiddlewareResult {
    return (c, next) => {
      const refreshed = authenticateOrRefresh(honoRequestView(c), requirement)
      // Without a promise nothing was refreshed.
      if (!(refreshed instanceof Promise)) return carryOut(refreshed.decision, c, next)
      return refreshed.then((late) => carryOutRefreshed(late, c, next))
    }
  }

  /** Without sessions `refresh` is an option like any other that a guard does not know. */
  function guardOf(required: boolean, options: SessionGuardOptions = {}) {
    if (sessions === undefined) return guard(createRequirement(required, options))
    const { refresh = false, ...asked } = options
    const requirement = createRequirement(required, asked)
    return refresh ? refreshingGuard(requirement, sessions) : guard(requirement)
  }

  const storedAuth = (c: Slotted) => c.get(slot)
  const getAuth = (c: Slotted) => requireStoredAuth(storedAuth(c))
  return {
    requireAuth: (options?: SessionGuardOptions) => guardOf(true, options),
    optionalAuth: (options?: SessionGuardOptions) => guardOf(false, options),
    getAuth,
    getOptionalAuth: (c: Slotted) => optionalStoredAuth(storedAuth(c)),
    ...(sessions === undefined ? {} : { session: createHonoSession(sessions, deny, storedAuth) }),
  }
}

const otherVerifier =
  'honoAuth: the verifier is not that of the sessions. Write `honoAuth({ verifier: sessions.verifier, sessions })`.'

/** Keeps what is answered to a cookie-borne identity out of shared caches, unless the handler said how to cache it. */
async function nextUncached(c: Context, next: Next, caching: string): Promise<void> {
  await next()
  if (!c.res.headers.has('cache-control')) c.header('cache-control', caching)
}
