import { AuthError } from '@latchkey/core'
import { failureOf, type NodeFields, parseJsonBody, readJsonBody, type StoredAuth } from '@latchkey/core/adapter'
import type { Login, SessionAnswer, Sessions } from '@latchkey/session'
import type { onRouteHookHandler } from 'fastify'
import { type Deny, type GuardedReply, sendAnswer } from './fastify-answer.js'
import { FastifyRequestView, type GuardedRequest } from './fastify-request-view.js'

/** As much of a Fastify request as a session verb reads; every `FastifyRequest` has it. */
export interface SessionRequest extends GuardedRequest {
  readonly body: unknown
  readonly raw: NodeFields & AsyncIterable<Uint8Array>
}

/** As much of a Fastify reply as a session verb needs; every `FastifyReply` has it. */
export interface SessionReply extends GuardedReply {
  readonly request: SessionRequest
  /** Waits until the reply has been sent. */
  then(fulfilled: () => void, rejected: (error: Error) => void): void
}

/** A route handler that answers the request itself; resolves when it has. */
export type FastifySessionHandler = (request: SessionRequest, reply: SessionReply) => Promise<void>

/**
 * The session verbs. Each answers the request itself, cookies included, and refuses as a guard does. What goes wrong beyond
 * that, a hook of the app's that throws, is a rejection for the app's error handler.
 */
export interface FastifySession {
  /** Begins a session for someone whom the app has just logged in: 200, or 400 for claims that cannot be issued. */
  readonly start: (reply: SessionReply, login: Login) => Promise<void>
  /** Route handler: exchanges the request's refresh token for a new pair; 200, or 401 `refresh_rejected`. */
  readonly refresh: FastifySessionHandler
  /** Route handler: ends the session of the request's refresh token; 204, also where there is none. */
  readonly end: FastifySessionHandler
  /**
   * Route handler: ends every session of who is calling; 204. Needs no guard: it looks at the access token itself, once it has
   * looked at where the request comes from. Behind a guard, the guard's word counts.
   */
  readonly endAll: FastifySessionHandler
  /** Route handler for `/.well-known/jwks.json`: the public keys. */
  readonly jwks: FastifySessionHandler
  /**
   * The request's JSON body: as the app's parser left it, else read here, up to 64 KiB. Undefined where it has none, or one
   * that is not JSON, which `start` answers with 400.
   */
  readonly readJson: (request: SessionRequest) => Promise<unknown>
}

/** Binds the verbs of sessions to Fastify. */
export function createFastifySession<Claims extends object>(
  sessions: Sessions<Claims>,
  deny: Deny,
  storedAuth: (request: GuardedRequest) => StoredAuth<Claims>,
): FastifySession {
  async function answer(
    request: SessionRequest,
    reply: SessionReply,
    verb: (view: FastifyRequestView) => Promise<SessionAnswer>,
  ): Promise<void> {
    try {
      sendAnswer(reply, await verb(new FastifyRequestView(request)))
    } catch (thrown) {
      if (!(thrown instanceof AuthError)) throw failureOf(thrown)
      await deny(thrown, request, reply)
    }
    // Fastify would take a handler that is done before the reply has left for one that has sent none.
    await reply
  }

  type ReadsBody = (view: FastifyRequestView, readBody: () => unknown) => Promise<SessionAnswer>

  /** A handler, and its twin for a body that the app's parser has refused: the verb says whether that matters. */
  function readingBody(verb: ReadsBody): FastifySessionHandler {
    const handler: FastifySessionHandler = (request, reply) =>
      answer(request, reply, (view) => verb(view, () => bodyOf(request)))
    unparsed.set(handler, (request, reply) => answer(request, reply, (view) => verb(view, refuseBody)))
    return handler
  }

  return {
    start: (reply, login) => answer(reply.request, reply, (view) => sessions.start(view, login)),
    refresh: readingBody((view, readBody) => sessions.refresh(view, readBody)),
    end: readingBody((view, readBody) => sessions.end(view, readBody)),
    endAll: (request, reply) =>
      answer(request, reply, (view) => sessions.endAll(view, storedAuth(request) ?? undefined)),
    jwks: (request, reply) => answer(request, reply, async () => sessions.jwksAnswer()),
    readJson: async (request) => {
      try {
        return await bodyOf(request)
      } catch (thrown) {
        if (thrown instanceof AuthError) return undefined
        throw thrown
      }
    },
  }
}

/** What the app's content type parser made of the body; else it is still to be read. */
function bodyOf({ body, raw }: SessionRequest): unknown {
  if (typeof body === 'string' || body instanceof Uint8Array) return parseJsonBody(body)
  return body === undefined ? readJsonBody(raw) : body
}

/** The handlers that read a body, each with what answers where Fastify's own parser has refused it. */
const unparsed = new WeakMap<object, FastifySessionHandler>()

function refuseBody(): never {
  throw new AuthError('request_malformed')
}

/**
 * Has a body that Fastify's own parser refuses, before the verb is asked, answered by the verb all the same: origin first, then
 * `request_malformed` where the body is looked at. On the routes of these handlers alone, and not where the route has an
 * error handler of its own.
 */
export const answerUnparsedBodies: onRouteHookHandler = (route) => {
  const handler = unparsed.get(route.handler)
  if (handler === undefined) return
  route.errorHandler ??= (error, request, reply) => {
    if (!error.code?.startsWith('FST_ERR_CTP_')) throw error
    return handler(request, reply)
  }
}
