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

/** Answers a refused request in place of the library; see `FetchAuthOptions`. */
export type OnDeny = (error: AuthError, request: Request) => Response | Promise<Response>

/** Makes the one way in which guards and session verbs refuse. */
export function createDeny({ realm, onDeny }: AnswerOptions<OnDeny>): OnDeny {
  return onDeny ?? ((error) => responseOf(denialOf(error, realm)))
}

/** Makes a response of these fields, this body and these cookies alone. */
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

/** Puts on the response what the decision says. It gives a promise only where it was given one. */
export function finish<Answer extends Response | undefined>(
  answer: MaybePromise<Answer>,
  decision: Decision<object>,
): MaybePromise<Answer | Response> {
  if (leavesResponse(decision)) return answer
  return whenReady(answer, (response) => (response === undefined ? response : settleResponse(response, decision)))
}
