import type { AuthError } from '@latchkey/core'
import {
  type AnswerOptions,
  type Decision,
  type Denial,
  denialOf,
  leavesResponse,
  type MaybePromise,
  type ResponseExtras,
  serializeCookie,
  settleResponse,
  whenReady,
} from '@latchkey/core/adapter'

/** The option `onDeny` of `fetchAuth`: answers a refused request instead of the library. */
export type OnDeny = (error: AuthError, request: Request) => Response | Promise<Response>

/** Makes the function with which guards and session verbs refuse requests. */
export function createDeny({ realm, onDeny }: AnswerOptions<OnDeny>): OnDeny {
  return onDeny ?? ((error) => responseOf(denialOf(error, realm)))
}

/** Makes a response from these fields, this body and these cookies. */
export function responseOf({
  status,
  headers,
  body,
  cookies = [],
}: Denial & Pick<ResponseExtras, 'cookies'>): Response {
  const bytes = new TextEncoder().encode(body)
  const length = body === '' ? {} : { 'content-length': String(bytes.length) }
  const response = new Response(body === '' ? null : bytes, { status, headers: { ...headers, ...length } })
  for (const cookie of cookies) response.headers.append('set-cookie', serializeCookie(cookie))
  return response
}

/** Adds what the decision says to the response. It returns a promise only if it is given one. */
export function finish<Answer extends Response | undefined>(
  answer: MaybePromise<Answer>,
  decision: Decision<object>,
): MaybePromise<Answer | Response> {
  if (leavesResponse(decision)) return answer
  return whenReady(answer, (response) => (response === undefined ? response : settleResponse(response, decision)))
}
