import type { ServerResponse } from 'node:http'
import { type Auth, ConfigError, type RequirementOptions, type UntypedClaims, type Verifier } from '@latchkey/core'
import {
  createRequirement,
  type Decision,
  failureOf,
  type MaybePromise,
  optionalStoredAuth,
  type RequestView,
  type Requirement,
  refuseUnknownOptions,
  requireRealm,
  requireStoredAuth,
  type StoredAuth,
} from '@latchkey/core/adapter'
import type { Sessions } from '@latchkey/session'
import { appendCookies, createDeny, type OnDeny } from './express-answer.js'
import { ExpressRequestView, type GuardedRequest } from './express-request-view.js'
import { createExpressSession, type ExpressSession } from './express-session.js'

/** Middleware for a route, a router or the whole app. */
export type ExpressGuard = (req: GuardedRequest, res: ServerResponse, next: (error?: unknown) => void) => void

/** What `expressAuth` takes. */
export interface ExpressAuthOptions<Claims extends object = UntypedClaims> {
  /** Decides about requests; from `createVerifier`, or the `verifier` of the sessions. */
  readonly verifier: Verifier<Claims>
  /** From `createSessions`: adds `session`, the verbs, to what `expressAuth` gives. Default: none. */
  readonly sessions?: Sessions<Claims>
  /** Protection space named in the challenge (RFC 9110 §11.5). Default: none. */
  readonly realm?: string
  /**
   * Answers a refused request in place of the guard or verb: it must end the response, now or later. What it throws goes to
   * the app's error handler. Default: the problem body and challenge of the error's code.
   */
  readonly onDeny?: OnDeny
}

/** What `expressAuth` gives. */
export interface ExpressAuth<Claims extends object = UntypedClaims> {
  /** Lets only requests pass that carry one good token with the required scopes. Throws ConfigError for bad options. */
  readonly requireAuth: (options?: RequirementOptions) => ExpressGuard
  /** Lets also requests pass that carry no token at all. A bad token is refused. Throws ConfigError for bad options. */
  readonly optionalAuth: (options?: RequirementOptions) => ExpressGuard
  /** Who is calling. Throws ConfigError where no guard ran, or an optional one found no token. */
  readonly getAuth: (req: GuardedRequest) => Auth<Claims>
  /** Who is calling, null for nobody. Throws ConfigError where no guard ran. */
  readonly getOptionalAuth: (req: GuardedRequest) => Auth<Claims> | null
}

/** What a guard can be asked in an app with sessions. */
export interface SessionGuardOptions extends RequirementOptions {
  /**
   * For pages without script: where the access cookie is gone or expired and a refresh cookie came along, refreshes the
   * session in passing and sets the new cookies on the response. Default false: the client calls `refresh` itself.
   */
  readonly refresh?: boolean
}

/** What `expressAuth` gives an app with sessions. */
export interface ExpressSessionAuth<Claims extends object = UntypedClaims> extends ExpressAuth<Claims> {
  readonly requireAuth: (options?: SessionGuardOptions) => ExpressGuard
  readonly optionalAuth: (options?: SessionGuardOptions) => ExpressGuard
  /** The verbs: log-in, refresh, log-out. */
  readonly session: ExpressSession
}

/** Decides about one request, and may prepare its response. */
type Decide<Claims> = (
  view: RequestView,
  requirement: Requirement,
  res: ServerResponse,
) => MaybePromise<Decision<Claims>>

/**
 * Guards for Express over a verifier, and session verbs over `sessions` where they are given. Each call has its own place on
 * the request, so that several verifiers can live in one app.
 *
 * @throws ConfigError for an unknown option, a missing verifier, one that is not the sessions' own, or a realm that cannot
 * be quoted
 */
export function expressAuth<Claims extends object = UntypedClaims>(
  options: ExpressAuthOptions<Claims> & { readonly sessions: Sessions<Claims> },
): ExpressSessionAuth<Claims>
export function expressAuth<Claims extends object = UntypedClaims>(
  options: ExpressAuthOptions<Claims> & { readonly sessions?: never },
): ExpressAuth<Claims>
export function expressAuth<Claims extends object = UntypedClaims>(
  options: ExpressAuthOptions<Claims>,
): ExpressAuth<Claims> | ExpressSessionAuth<Claims> {
  refuseUnknownOptions('expressAuth', options, ['verifier', 'sessions', 'realm', 'onDeny'])
  requireRealm(options.realm)
  const { verifier, sessions } = options
  if (verifier === undefined) throw new ConfigError('expressAuth: verifier is missing. Make one with createVerifier.')
  if (sessions !== undefined && verifier !== sessions.verifier) throw new ConfigError(otherVerifier)

  const deny = createDeny(options.realm, options.onDeny)
  // Not on the request: Express gives each one a shape of its own, so that a property more costs a twentieth of it.
  const stored = new WeakMap<GuardedRequest, StoredAuth<Claims>>()

  function carryOut(
    decision: Decision<Claims>,
    req: GuardedRequest,
    res: ServerResponse,
    next: (error?: unknown) => void,
  ): void {
    if (decision.allow) {
      stored.set(req, decision.auth)
      if (decision.auth?.source === 'cookie') keepPrivate(res)
      next()
    } else {
      // In a promise's executor, so that throwing and rejecting end the same way.
      new Promise((resolve) => resolve(deny(decision.error, req, res))).catch((thrown) => next(failureOf(thrown)))
    }
  }

  function guard(requirement: Requirement, decide: Decide<Claims>): ExpressGuard {
    return (req, res, next) => {
      let decision: MaybePromise<Decision<Claims>>
      try {
        decision = decide(new ExpressRequestView(req), requirement, res)
      } catch (thrown) {
        return next(failureOf(thrown))
      }
      if (!(decision instanceof Promise)) return carryOut(decision, req, res, next)
      decision.then((late) => carryOut(late, req, res, next)).catch((thrown) => next(failureOf(thrown)))
    }
  }

  /** Without sessions `refresh` is an option like any other that a guard does not know. */
  function guardOf(required: boolean, options: SessionGuardOptions = {}): ExpressGuard {
    if (sessions === undefined) return guard(createRequirement(required, options), verifier.authenticate)
    const { refresh = false, ...asked } = options
    return guard(createRequirement(required, asked), refresh ? refreshingInPassing(sessions) : verifier.authenticate)
  }

  const storedAuth = (req: GuardedRequest) => stored.get(req)
  const getAuth = (req: GuardedRequest) => requireStoredAuth(storedAuth(req))
  return {
    requireAuth: (options?: SessionGuardOptions) => guardOf(true, options),
    optionalAuth: (options?: SessionGuardOptions) => guardOf(false, options),
    getAuth,
    getOptionalAuth: (req: GuardedRequest) => optionalStoredAuth(storedAuth(req)),
    ...(sessions === undefined ? {} : { session: createExpressSession(sessions, deny, storedAuth) }),
  }
}

const otherVerifier =
  'expressAuth: the verifier is not that of the sessions. Write `expressAuth({ verifier: sessions.verifier, sessions })`.'

/** Set before the handler runs, so that what the handler says about caching takes its place. */
function keepPrivate(res: ServerResponse): void {
  if (res.getHeader('cache-control') !== 'no-store') res.setHeader('cache-control', 'private')
}

function refreshingInPassing<Claims extends object>({ authenticateOrRefresh }: Sessions<Claims>): Decide<Claims> {
  return (view, requirement, res) => {
    const refreshed = authenticateOrRefresh(view, requirement)
    // Without a promise nothing was refreshed.
    if (!(refreshed instanceof Promise)) return refreshed.decision
    return refreshed.then(({ decision, setCookie, headers }) => {
      for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
      appendCookies(res, setCookie)
      return decision
    })
  }
}
