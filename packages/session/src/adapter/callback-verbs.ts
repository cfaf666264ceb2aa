import { AuthError } from '@latchkey/core'
import {
  type CallbackFramework,
  failureOf,
  keepFromCaches,
  parseJsonBody,
  type RequestView,
  readJsonBody,
  type StoredAuth,
} from '@latchkey/core/adapter'
import type { SessionAnswer } from '../delivery/session-answer.js'
import type { SessionVerb } from '../verbs/session-verb.js'
import type { Sessions } from '../verbs/sessions.js'
import { bindVerbs, jsonOrNothing, type SessionVerbs } from './bind-verbs.js'
import { readForm } from './form.js'
import type { RoutedVerb } from './session-routes.js'

/** The part of a framework with callbacks that an answer needs. */
export type AnsweringFramework<Request, Response> = Pick<
  CallbackFramework<Request, Response, never>,
  'view' | 'setCookie' | 'node' | 'send' | 'deny'
>

/** The body of a Node request. */
export interface NodeBody {
  /** What the app's parser has made of the body; undefined if no parser has read it. */
  readonly body?: unknown
  /** The request itself, as a stream. */
  readonly raw: AsyncIterable<Uint8Array>
}

/** A request and its response. */
export interface Exchange<Request, Response> {
  readonly request: Request
  readonly response: Response
}

/** What a framework with callbacks does for the verbs, apart from answering. */
export interface CallbackSession<Request, Response, Handler> {
  /** Gives the body of a request. */
  nodeBody(request: Request): NodeBody
  /** Gives who is calling, as a guard before the handler has found. */
  storedAuth(request: Request): StoredAuth<object>
  /** Makes a route handler that runs a verb. */
  handlerOf(verb: (exchange: Exchange<Request, Response>) => Promise<void>): Handler
}

/** The session verbs, bound to a framework with callbacks. */
export interface CallbackVerbs<Request, Response, Handler> {
  /** The verbs: each answers an exchange. */
  readonly verbs: SessionVerbs<Exchange<Request, Response>, void>
  /** The members of an `AppSession` that are the same in each of these frameworks. */
  readonly handlers: Readonly<Record<RoutedVerb, Handler>> & {
    handler(verb: SessionVerb): Handler
    readJson(request: Request): Promise<unknown>
  }
}

/** Binds the verbs to a framework with callbacks (Fastify, Express). */
export function bindCallbackVerbs<Claims extends object, Request, Response, Handler>(
  sessions: Sessions<Claims>,
  framework: AnsweringFramework<Request, Response>,
  { nodeBody, storedAuth, handlerOf }: CallbackSession<Request, Response, Handler>,
): CallbackVerbs<Request, Response, Handler> {
  const body = (request: Request): unknown => bodyOf(nodeBody(request))
  const verbs = bindVerbs<Claims, Exchange<Request, Response>, void>(sessions, {
    answer: ({ request, response }, verb) => answerVerb(framework, request, response, verb),
    body: ({ request }) => body(request),
    form: ({ request }) => {
      const parsed = nodeBody(request)
      return readForm(parsed.body, parsed.raw)
    },
    storedAuth: ({ request }) => storedAuth(request),
  })
  const handlers = {
    refresh: handlerOf(verbs.refresh),
    bind: handlerOf(verbs.bind),
    end: handlerOf((exchange) => verbs.end(exchange)),
    endAll: handlerOf(verbs.endAll),
    jwks: handlerOf(verbs.jwks),
    handler: (verb: SessionVerb) => handlerOf(verbs.handler(verb)),
    readJson: (request: Request) => jsonOrNothing(() => body(request)),
  }
  return { verbs, handlers }
}

/**
 * Sends a verb's answer. If the verb rejects with an `AuthError`, it refuses as a guard does.
 *
 * @throws Error for any other error, e.g. of the app's own hook, as a rejection
 */
async function answerVerb<Request, Response>(
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

/**
 * Gives the JSON body as the app's parser has left it; else reads it, up to 64 KiB.
 *
 * @throws AuthError `request_malformed` if it is not JSON, at once or as a rejection
 */
function bodyOf({ body, raw }: NodeBody): unknown {
  if (typeof body === 'string' || body instanceof Uint8Array) return parseJsonBody(body)
  return body === undefined ? readJsonBody(raw) : body
}
