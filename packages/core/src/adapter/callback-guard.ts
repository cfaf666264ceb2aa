import type { Auth } from '../auth.js'
import type { AuthError } from '../auth-error.js'
import type { Denial } from '../denial.js'
import { isPromise, type MaybePromise } from '../maybe-promise.js'
import type { RequestView } from '../request-view.js'
import type { ResponseCookie, ResponseExtras } from '../response-extras.js'
import type { MakeGuard, Outcome } from './app-auth.js'
import { failureOf } from './failure.js'
import { cacheFields, keepFromCaches, type NodeResponse } from './last-word.js'

/** What differs between frameworks with callbacks (Fastify, Express): the steps that a guard leaves to the framework. */
export interface CallbackFramework<Request, Response, Claims> {
  /** Makes a view of a request. It runs for every request, so keep it cheap. */
  view(request: Request): RequestView
  /** Stores who is calling where `getAuth` finds it. What it throws goes to the app's error handler. */
  keep(request: Request, auth: Auth<Claims> | null): void
  /** Reads a field of the response; undefined if it is not set. */
  field(response: Response, name: string): unknown
  /** Sets a field; undefined removes it. */
  setField(response: Response, name: string, value: string | undefined): void
  /** Sets a cookie by the framework's own means. */
  setCookie(response: Response, cookie: ResponseCookie): void
  /** Gives Node's own response, which the framework's response wraps. */
  node(response: Response): NodeResponse
  /** Sends a response with this status, these fields and this body; an empty text means no body. */
  send(response: Response, answer: Denial): void
  /** Answers a refused request, now or later. */
  deny(error: AuthError, request: Request, response: Response): unknown
}

/** Middleware or hook. It calls `next` without an error if the request may pass, and with an error if something failed. */
export type CallbackGuard<Request, Response> = (
  request: Request,
  response: Response,
  next: (error?: Error) => void,
) => void

/**
 * The one guard of all frameworks with callbacks. A request passes only if `next` is called without an error. That happens
 * in one place: after a decision that allows the request, and after the identity is stored. Whatever is thrown, here or in the
 * app's own code, goes to `next` as an `Error`, because the framework takes an empty value for success.
 */
export function createCallbackGuard<Request, Response, Claims extends object>(
  framework: CallbackFramework<Request, Response, Claims>,
): MakeGuard<CallbackGuard<Request, Response>, Claims> {
  type Next = (error?: Error) => void

  function carryOut(
    decision: Outcome<Claims>,
    stores: boolean,
    request: Request,
    response: Response,
    next: Next,
  ): void {
    try {
      if (decision.response !== undefined) addExtras(framework, response, decision.response)
      if (decision.allow && stores) {
        framework.keep(request, decision.auth)
        if (decision.auth?.source === 'cookie') keepPrivate(framework, response)
      }
    } catch (thrown) {
      next(failureOf(thrown))
      return
    }
    if (decision.allow) next()
    else if ('answer' in decision) framework.send(response, decision.answer)
    else if ('thrown' in decision) next(failureOf(decision.thrown))
    else refuse(decision.error, request, response, next)
  }

  // In a promise's executor, so that throwing and rejecting end the same way.
  function refuse(error: AuthError, request: Request, response: Response, next: Next): void {
    new Promise((resolve) => resolve(framework.deny(error, request, response))).catch((thrown) =>
      next(failureOf(thrown)),
    )
  }

  return (decide, stores) => (request, response, next) => {
    let decision: MaybePromise<Outcome<Claims>>
    try {
      decision = decide(framework.view(request))
    } catch (thrown) {
      next(failureOf(thrown))
      return
    }
    if (!isPromise(decision)) carryOut(decision, stores, request, response, next)
    else {
      decision
        .then((late) => carryOut(late, stores, request, response, next))
        .catch((thrown) => next(failureOf(thrown)))
    }
  }
}

/** Sets fields and cookies now. Caching, and which cookies win, is decided later, when the head of the response is written. */
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
 * Keeps the response to a request with a cookie out of shared caches. This is set before the handler runs: it replaces an
 * app-wide default, and the handler can still replace it.
 */
function keepPrivate<Response>(framework: CallbackFramework<never, Response, never>, response: Response): void {
  if (!isUncached(framework.field(response, 'cache-control'))) framework.setField(response, 'cache-control', 'private')
  for (const name of cacheFields) framework.setField(response, name, undefined)
}

/** Whether a `Cache-Control` value already contains `private` or `no-store` (RFC 9111 §5.2.2). */
export function isUncached(cacheControl: unknown): boolean {
  return typeof cacheControl === 'string' && /\b(?:private|no-store)\b/i.test(cacheControl)
}
