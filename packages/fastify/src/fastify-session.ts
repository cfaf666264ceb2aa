import type { NodeRequest, StoredAuth } from '@latchkey/core/adapter'
import type { Sessions, VerbOptions } from '@latchkey/session'
import {
  type AnsweringFramework,
  type AppSession,
  bindCallbackVerbs,
  type Exchange,
  sessionRoutes,
} from '@latchkey/session/adapter'
import type { FastifyPluginAsync } from 'fastify'
import type { GuardedReply } from './fastify-framework.js'
import type { GuardedRequest } from './fastify-request-view.js'

/** The part of a Fastify request that a session verb reads. Every `FastifyRequest` has it. */
export interface SessionRequest extends GuardedRequest {
  /** What a parser has made of the body; undefined if none has read it. */
  readonly body: unknown
  /** Node's own request, as a stream. */
  readonly raw: NodeRequest & AsyncIterable<Uint8Array>
}

/** The part of a Fastify reply that a session verb uses. Every `FastifyReply` has it. */
export interface SessionReply extends GuardedReply {
  /** The request that is replied to. */
  readonly request: SessionRequest
  /** Waits until the reply has been sent. */
  then(fulfilled: () => void, rejected: (error: Error) => void): void
}

/** A route handler that answers the request itself. It resolves when the reply has been sent. */
export type FastifySessionHandler = (request: SessionRequest, reply: SessionReply) => Promise<void>

/**
 * The session verbs. Verbs of other packages (see `handler`) may receive forms. For these the app needs a form parser, e.g.
 * `@fastify/formbody`; without one, Fastify answers 415.
 */
export interface FastifySession
  extends AppSession<
    FastifySessionHandler,
    (request: SessionRequest, reply: SessionReply, options?: VerbOptions) => Promise<void>,
    SessionReply,
    SessionRequest
  > {
  /**
   * A plugin that mounts the verbs that need only the request. `app.register(session.routes, { prefix: '/session' })` answers
   * `POST /session/refresh`, `POST /session/device`, `DELETE /session`, `DELETE /session/all` and `GET /session/jwks.json`. It
   * also registers `plugin`, unless the app already has. The verbs read bodies themselves, so Fastify does not refuse an empty
   * or broken body that the verb does not need.
   */
  readonly routes: FastifyPluginAsync
}

/** Binds the session verbs to Fastify. */
export function createFastifySession<Claims extends object>(
  sessions: Sessions<Claims>,
  framework: AnsweringFramework<GuardedRequest, GuardedReply>,
  storedAuth: (request: GuardedRequest) => StoredAuth<Claims>,
  plugin: FastifyPluginAsync,
): FastifySession {
  /** Waits for the reply, because Fastify takes a handler that ends earlier for one that sends no reply. */
  function handlerOf(verb: (exchange: Exchange<SessionRequest, SessionReply>) => Promise<void>): FastifySessionHandler {
    return async (request, reply) => {
      await verb({ request, response: reply })
      await reply
    }
  }

  const nodeBody = (request: SessionRequest) => request
  const { verbs, handlers } = bindCallbackVerbs(sessions, framework, { nodeBody, storedAuth, handlerOf })
  return {
    ...handlers,
    start: (reply, login, options) =>
      handlerOf((exchange) => verbs.start(exchange, login, options))(reply.request, reply),
    end: (request, reply, options) => handlerOf((exchange) => verbs.end(exchange, options))(request, reply),
    routes: async (app) => {
      await app.register(plugin)
      app.removeAllContentTypeParsers()
      app.addContentTypeParser('*', (_request, _payload, done) => done(null))
      for (const { method, path, verb } of sessionRoutes) app.route({ method, url: path, handler: handlers[verb] })
    },
  }
}
