import type { Auth, RequirementOptions, UntypedClaims } from '@latchkey/core'
import {
  type AppAuth,
  type AuthOptions,
  carryRules,
  type Decision,
  isPromise,
  type MaybePromise,
  metadataRoute,
  optionalStoredAuth,
  type RequestView,
  readGuardRules,
  readVerifier,
  requireStoredAuth,
  type SessionGuardOptions,
} from '@latchkey/core/adapter'
import type { Sessions } from '@latchkey/session'
import { createDeny, finish, type OnDeny, responseOf } from './fetch-answer.js'
import { viewOf } from './fetch-request-view.js'
import { createFetchSession, type FetchSession } from './fetch-session.js'

/** What `fetchAuth` takes: `verifier` of `createVerifier`, or `sessions` of `createSessions`; `realm` and `onDeny`. */
export type FetchAuthOptions<Claims extends object = UntypedClaims> = AuthOptions<Claims, Sessions<Claims>, OnDeny>

/**
 * Puts a guard before a handler: gives a handler of the same arguments. Undefined, as `Bun.serve` takes it after an upgrade,
 * is handed on.
 * What the handler throws passes through, and no response then has the fresh cookies: with `refresh`, catch errors inside.
 */
export type FetchGuard = <Asked extends Request, Rest extends readonly unknown[], Answer extends Response | undefined>(
  handler: (request: Asked, ...rest: Rest) => Answer | Promise<Answer>,
) => (request: Asked, ...rest: Rest) => MaybePromise<Answer | Response>

/** What `fetchAuth` gives. */
export type FetchAuth<Claims extends object = UntypedClaims, Options = RequirementOptions<Claims>> = AppAuth<
  FetchGuard,
  Options,
  Request,
  Claims
>

/** What `fetchAuth` gives an app with sessions. */
export interface FetchSessionAuth<Claims extends object = UntypedClaims>
  extends FetchAuth<Claims, SessionGuardOptions<Claims>> {
  /** The verbs: log-in, refresh, log-out. */
  readonly session: FetchSession
}

/**
 * Guards for whatever turns a `Request` into a `Response`, over a verifier, or over sessions, and then their verbs too. Who is
 * calling is kept beside the very `Request` object that the guard was called with: a copy of it knows nobody.
 *
 * @throws ConfigError for an unknown option, none or both of verifier and sessions, or a realm that cannot be quoted
 */
export function fetchAuth<Claims extends object = UntypedClaims>(
  options: FetchAuthOptions<Claims> & { readonly sessions: Sessions<Claims> },
): FetchSessionAuth<Claims>
export function fetchAuth<Claims extends object = UntypedClaims>(
  options: FetchAuthOptions<Claims> & { readonly sessions?: never },
): FetchAuth<Claims>
export function fetchAuth<Claims extends object = UntypedClaims>(
  options: FetchAuthOptions<Claims>,
): FetchAuth<Claims> | FetchSessionAuth<Claims> {
  const verifier = readVerifier('fetchAuth', options)
  const deny = createDeny(options)
  const stored = new WeakMap<Request, Auth<Claims> | null>()
  const storedAuth = (request: Request) => stored.get(request)

  type Decide = (view: RequestView) => MaybePromise<Decision<Claims>>
  type Keep = (request: Request, auth: Auth<Claims> | null) => void

  /** A request reaches the handler in one place, after a decision that allows and once the identity is kept. */
  function guardBy(decide: Decide, keep: Keep): FetchGuard {
    return (handler) =>
      (request, ...rest) => {
        const carryOut = (decision: Decision<Claims>) => {
          if ('thrown' in decision) throw decision.thrown
          if (!decision.allow) return finish(deny(decision.error, request), decision)
          keep(request, decision.auth)
          return finish(handler(request, ...rest), decision)
        }
        const decision = decide(viewOf(request, rest))
        return isPromise(decision) ? decision.then(carryOut) : carryOut(decision)
      }
  }

  const keepIdentity: Keep = (request, auth) => {
    stored.set(request, auth)
  }

  function guard(required: boolean, asked: SessionGuardOptions<Claims> | undefined): FetchGuard {
    const rules = readGuardRules(options, required, asked)
    return carryRules(
      guardBy((view) => rules.authenticate(view, rules.requirement), keepIdentity),
      rules,
    )
  }

  const auth: FetchAuth<Claims, SessionGuardOptions<Claims>> = {
    requireAuth: (asked) => guard(true, asked),
    optionalAuth: (asked) => guard(false, asked),
    requireSameOrigin: () =>
      carryRules(
        guardBy(verifier.checkOrigin, () => {}),
        verifier,
      ),
    resourceMetadata: () => {
      const metadataFor = metadataRoute(verifier.resourceMetadata)
      return (handler) =>
        (request, ...rest) => {
          const metadata = metadataFor(viewOf(request, rest))
          return metadata === undefined ? handler(request, ...rest) : responseOf(metadata)
        }
    },
    getAuth: (request) => requireStoredAuth(storedAuth(request)),
    getOptionalAuth: (request) => optionalStoredAuth(storedAuth(request)),
  }
  const { sessions } = options
  return sessions === undefined ? auth : { ...auth, session: createFetchSession(sessions, deny, storedAuth) }
}
