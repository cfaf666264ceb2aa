import { AuthError } from '@latchkey/core'
import type { RequestView } from '@latchkey/core/adapter'
import { type CallbackFramework, failureOf, keepFromCaches, parseJsonBody, readJsonBody } from '@latchkey/core/adapter'
import type { SessionAnswer } from '../delivery/session-answer.js'

/** The part of a framework with callbacks that an answer needs. */
export type AnsweringFramework<Request, Response> = Pick<
  CallbackFramework<Request, Response, never>,
  'view' | 'setCookie' | 'node' | 'send' | 'deny'
>

/**
 * Sends a verb's answer in a framework with callbacks. If the verb rejects with an `AuthError`, it refuses as a guard does.
 *
 * @throws Error for any other error, e.g. of the app's own hook, as a rejection
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

/** The body of a Node request. */
export interface NodeBody {
  /** What the app's parser has made of the body; undefined if no parser has read it. */
  readonly body: unknown
  /** The request itself, as a stream. */
  readonly raw: AsyncIterable<Uint8Array>
}

/**
 * Gives the JSON body as the app's parser has left it; else reads it, up to 64 KiB.
 *
 * @throws AuthError `request_malformed` if it is not JSON, at once or as a rejection
 */
export function bodyOf({ body, raw }: NodeBody): unknown {
  if (typeof body === 'string' || body instanceof Uint8Array) return parseJsonBody(body)
  return body === undefined ? readJsonBody(raw) : body
}
