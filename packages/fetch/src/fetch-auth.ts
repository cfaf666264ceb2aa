import type { Auth, RequirementOptions, UntypedClaims } from '@latchkey/core'
import {
  type AppAuth,
  type AuthOptions,
  createAppAuth,
  type MakeGuard,
  type MaybePromise,
  readVerifier,
  type SessionGuardOptions,
  whenReady,
} from '@latchkey/core/adapter'
import type { Sessions } from '@latchkey/session'
import { createDeny, finish, type OnDeny, responseOf } from './fetch-answer.js'
import { viewOf } from './fetch-request-view.js'
import { createFetchSession, type FetchSession } from './fetch-session.js'

/** Options of `fetchAuth`: either `verifier` from `createVerifier` or `sessions` from `createSessions`, `realm`, `onDeny`. */
export type FetchAuthOptions<Claims extends object = UntypedClaims> = AuthOptions<Claims, Sessions<Claims>, OnDeny>

/**
 * Puts a guard in front of a handler and returns a handler with the same arguments. It passes on undefined (for `Bun.serve`),
 * and what the handler or `check` throws: catch errors inside, or new cookies (`refresh`) and a due `DPoP-Nonce` are lost.
 */
export type FetchGuard = <Asked extends Request, Rest extends readonly unknown[], Answer extends Response | undefined>(
  handler: (request: Asked, ...rest: Rest) => Answer | Promise<Answer>,
) => (request: Asked, ...rest: Rest) => MaybePromise<Answer | Response>

/** What `fetchAuth` returns. */
export type FetchAuth<Claims extends object = UntypedClaims, Options = RequirementOptions<Claims>> = AppAuth<
  FetchGuard,
  Options,
  Request,
  Claims
>

/** What `fetchAuth` returns with `sessions`. */
export interface FetchSessionAuth<Claims extends object = UntypedClaims>
  extends FetchAuth<Claims, SessionGuardOptions<Claims>> {
  /** The session verbs: log-in, refresh, log-out and more. */
  readonly session: FetchSession
}

/**
 * Makes the guards of an app that turns a `Request` into a `Response`, and with `sessions` also the session verbs. The identity
 * belongs to the `Request` object that the guard was called with: `getAuth` throws for a copy.
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
  readVerifier('fetchAuth', options)
  const { sessions } = options
  const deny = createDeny(options)
  const stored = new WeakMap<Request, Auth<Claims> | null>()
  const storedAuth = (request: Request) => stored.get(request)

  // The handler is called in one place, after a decision that allows the request and after the identity is stored.
  const guard: MakeGuard<FetchGuard, Claims> =
    (decide, stores) =>
    (handler) =>
    (request, ...rest) =>
      whenReady(decide(viewOf(request, rest)), (decision) => {
        if ('answer' in decision) return responseOf(decision.answer)
        if ('thrown' in decision) throw decision.thrown
        if (!decision.allow) return finish(deny(decision.error, request), decision)
        if (stores) stored.set(request, decision.auth)
        return finish(handler(request, ...rest), decision)
      })
  const auth = createAppAuth(options, guard, storedAuth)
  return sessions === undefined ? auth : { ...auth, session: createFetchSession(sessions, deny, storedAuth) }
}
