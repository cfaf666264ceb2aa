import type { Auth } from '../auth.js'
import type { AuthError } from '../auth-error.js'
import type { Denial } from '../denial.js'
import { isPromise, type MaybePromise } from '../maybe-promise.js'
import type { Decision, OriginDecision, RequestView } from '../request-view.js'
import { type CarriedRules, carryRules } from '../requirement/requirement-of.js'
import type { ResponseCookie, ResponseExtras } from '../response.js'
import type { GuardRules } from './auth-options.js'
import { failureOf } from './failure.js'
import { cacheFields, keepFromCaches, type NodeResponse } from './last-word.js'

/** What a framework with callbacks (Fastify, Express) does for a guard: everything that is its own. */
export interface CallbackFramework<Request, Response, Claims> {
  /** The seam filled from a request; made for each, so keep it small. */
  view(request: Request): RequestView
  /** Keeps who is calling where `getAuth` finds it. What it throws goes to the app's error handler. */
  keep(request: Request, auth: Auth<Claims> | null): void
  field(response: Response, name: string): unknown
  /** Sets a field; undefined removes it. */
  setField(response: Response, name: string, value: string | undefined): void
  /** Sets a cookie by the framework's own means. */
  setCookie(response: Response, cookie: ResponseCookie): void
  /** Node's response below the framework's. */
  node(response: Response): NodeResponse
  /** Sends a response whose fields and body are said; without a body where that is empty. */
  send(response: Response, answer: Denial): void
  /** Answers a refused request, now or later. */
  deny(error: AuthError, request: Request, response: Response): unknown
}

/** Middleware or hook: calls `next` without an error where the request may pass, and with one where something failed. */
export type CallbackGuard<Request, Response> = (
  request: Request,
  response: Response,
  next: (error?: Error) => void,
) => void

/** A verifier, as much as the cross-origin check needs of it. */
export interface OriginRules extends CarriedRules {
  checkOrigin(view: RequestView): OriginDecision
}

/** The guards of one app. */
export interface CallbackGuards<Request, Response, Claims extends object> {
  /** A guard by a verifier's word. */
  guard(rules: GuardRules<Claims>): CallbackGuard<Request, Response>
  /** A guard that asks where a request comes from, and stores nobody. */
  originGuard(rules: OriginRules): CallbackGuard<Request, Response>
}

/**
 * The one guard of all frameworks with callbacks. A request passes only where `next` is called without an error, which happens
 * in one place, after a decision that allows and once the identity is kept. All that is thrown, here or in the app's own code,
 * is handed to `next` as an error: an empty one would count as success there.
 */
export function createCallbackGuards<Request, Response, Claims extends object>(
  framework: CallbackFramework<Request, Response, Claims>,
): CallbackGuards<Request, Response, Claims> {
  type Next = (error?: Error) => void
  type Keep = (request: Request, response: Response, auth: Auth<Claims> | null) => void

  function carryOut(decision: Decision<Claims>, keep: Keep, request: Request, response: Response, next: Next): void {
    try {
      if (decision.response !== undefined) addExtras(framework, response, decision.response)
      if (decision.allow) keep(request, response, decision.auth)
    } catch (thrown) {
      next(failureOf(thrown))
      return
    }
    if (decision.allow) next()
    else if ('thrown' in decision) next(failureOf(decision.thrown))
    else refuse(decision.error, request, response, next)
  }

  // In a promise's executor, so that throwing and rejecting end the same way.
  function refuse(error: AuthError, request: Request, response: Response, next: Next): void {
    new Promise((resolve) => resolve(framework.deny(error, request, response))).catch((thrown) =>
      next(failureOf(thrown)),
    )
  }

  function guardBy(decide: (view: RequestView) => MaybePromise<Decision<Claims>>, keep: Keep) {
    return (request: Request, response: Response, next: Next): void => {
      let decision: MaybePromise<Decision<Claims>>
      try {
        decision = decide(framework.view(request))
      } catch (thrown) {
        next(failureOf(thrown))
        return
      }
      if (!isPromise(decision)) carryOut(decision, keep, request, response, next)
      else {
        decision
          .then((late) => carryOut(late, keep, request, response, next))
          .catch((thrown) => next(failureOf(thrown)))
      }
    }
  }

  function keepIdentity(request: Request, response: Response, auth: Auth<Claims> | null): void {
    framework.keep(request, auth)
    if (auth?.source === 'cookie') keepPrivate(framework, response)
  }

  return {
    guard: (rules) => {
      const { authenticate, requirement } = rules
      return carryRules(
        guardBy((view) => authenticate(view, requirement), keepIdentity),
        rules,
      )
    },
    originGuard: ({ checkOrigin, options }) =>
      carryRules(
        guardBy(checkOrigin, () => {}),
        { options },
      ),
  }
}

/** Fields at once; that the response is kept from caches, and whose cookies it carries, is settled when its head is written. */
function addExtras<Response>(
  framework: CallbackFramework<never, Response, never>,
  response: Response,
  { headers = {}, cookies = [] }: ResponseExtras,
): void {
  for (const [name, value] of Object.entries(headers)) framework.setField(response, name, value)
  if (cookies.length === 0) return
  for (const cookie of cookies) framework.setCookie(response, cookie)
  keepFromCaches(framework.node(response), cookies)
}

/**
 * Keeps what is answered to a cookie-borne identity out of shared caches. Said before the handler runs, so that it takes the
 * place of an app-wide default, and what the handler says takes its place.
 */
function keepPrivate<Response>(framework: CallbackFramework<never, Response, never>, response: Response): void {
  if (!isUncached(framework.field(response, 'cache-control'))) framework.setField(response, 'cache-control', 'private')
  for (const name of cacheFields) framework.setField(response, name, undefined)
}

/** Whether a `Cache-Control` says `private` or `no-store` already. */
export function isUncached(cacheControl: unknown): boolean {
  return typeof cacheControl === 'string' && /\b(?:private|no-store)\b/i.test(cacheControl)
}
