import type { AuthError } from '@latchkey/core'
import {
  type AnswerOptions,
  type Decision,
  type Denial,
  denialOf,
  isPromise,
  type MaybePromise,
  type ResponseExtras,
  serializeCookie,
  settleFields,
} from '@latchkey/core/adapter'
import type { SessionAnswer } from '@latchkey/session'

/** Answers a refused request in place of the library; see `FetchAuthOptions`. */
export type OnDeny = (error: AuthError, request: Request) => Response | Promise<Response>

/** The one way in which guards and session verbs refuse. */
export function createDeny({ realm, onDeny }: AnswerOptions<OnDeny>): OnDeny {
  return onDeny ?? ((error) => responseOf(denialOf(error, realm)))
}

/** The response that a session verb decided on. */
export function answerResponse({ cookies, ...answer }: SessionAnswer): Response {
  const response = responseOf(answer)
  for (const cookie of cookies) response.headers.append('set-cookie', serializeCookie(cookie))
  return response
}

/** A response of what is said, and no more. */
export function responseOf({ status, headers, body }: Denial): Response {
  if (body === '') return new Response(null, { status, headers: { ...headers } })
  const bytes = new TextEncoder().encode(body)
  return new Response(bytes, { status, headers: { ...headers, 'content-length': String(bytes.length) } })
}

/** Puts on the response what the decision says; without a promise where there is none. */
export function finish<Answer extends Response | undefined>(
  answer: MaybePromise<Answer>,
  decision: Decision<object>,
): MaybePromise<Answer | Response> {
  const isPrivate = decision.allow && decision.auth?.source === 'cookie'
  if (!isPrivate && decision.response === undefined) return answer
  const settle = (response: Answer): Answer | Response => {
    if (response === undefined) return response
    const kept = isPrivate ? keepPrivate(response) : response
    return decision.response === undefined ? kept : addExtras(kept, decision.response)
  }
  return isPromise(answer) ? answer.then(settle) : settle(answer)
}

/** Keeps what is answered to a cookie-borne identity out of shared caches, unless the handler has said how to cache it. */
function keepPrivate(response: Response): Response {
  return response.headers.has('cache-control')
    ? response
    : changed(response, (headers) => headers.set('cache-control', 'private'))
}

/** Puts what goes with a decision on the response that came of the request. */
function addExtras(response: Response, extras: ResponseExtras): Response {
  return changed(response, (fields) => {
    for (const cookie of settleFields(fields, extras)) fields.append('set-cookie', serializeCookie(cookie))
  })
}

/** A copy, since a response's fields may be sealed (`Response.redirect`, one that was fetched). A switch of protocols has no copy. */
function changed(response: Response, change: (headers: Headers) => void): Response {
  if (response.status === 101) return response
  const copy = new Response(response.body, response)
  change(copy.headers)
  return copy
}
