import { AuthError } from '@latchkey/core'
import type { RequestView } from '@latchkey/core/adapter'
import { type CallbackFramework, failureOf, keepFromCaches, parseJsonBody, readJsonBody } from '@latchkey/core/adapter'
import type { SessionAnswer } from '../delivery/session-answer.js'

/** As much of a callback framework as an answer needs. */
export type AnsweringFramework<Request, Response> = Pick<
  CallbackFramework<Request, Response, never>,
  'view' | 'setCookie' | 'node' | 'send' | 'deny'
>

/**
 * Answers a request of a callback framework as a verb says, or refuses as a guard does.
 *
 * @throws Error for what else goes wrong, a hook of the app's that throws, as a rejection
 */
export async function answerVerb<Request, Response>(
  framework: AnsweringFramework<Request, Response>,
  request: Request,
  response: Response,
  verb: (view: RequestView) => Promise<SessionAnswer>,
): Promise<void> {
  try {
    const { cookies, ...answer } = await verb(framework.view(request))
    for (const cookie of cookies) framework.setCookie(response, cookie)
    if (answer.headers['cache-control'] === 'no-store') keepFromCaches(framework.node(response))
    framework.send(response, answer)
  } catch (thrown) {
    if (!(thrown instanceof AuthError)) throw failureOf(thrown)
    await framework.deny(thrown, request, response)
  }
}

/** A request of Node's, with what a parser of the app's made of its body. */
export interface NodeBody {
  /** Undefined where no parser has read it. */
  readonly body: unknown
  readonly raw: AsyncIterable<Uint8Array>
}

/** The JSON body as the app's parser left it, else read here. */
export function bodyOf({ body, raw }: NodeBody): unknown {
  if (typeof body === 'string' || body instanceof Uint8Array) return parseJsonBody(body)
  return body === undefined ? readJsonBody(raw) : body
}
