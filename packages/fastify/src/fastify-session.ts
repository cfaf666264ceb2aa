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

/** What a session verb reads of a Fastify request. Every `FastifyRequest` has it. */
export interface SessionRequest extends GuardedRequest {
  readonly body: unknown
  readonly raw: NodeRequest & AsyncIterable<Uint8Array>
}

/** What a session verb needs of a Fastify reply. Every `FastifyReply` has it. */
export interface SessionReply extends GuardedReply {
  readonly request: SessionRequest
  /** Waits until the reply has been sent. */
  then(fulfilled: () => void, rejected: (error: Error) => void): void
}

/** A route handler that answers the request itself. It resolves once the reply has left. */
export type FastifySessionHandler = (request: SessionRequest, reply: SessionReply) => Promise<void>

/**
 * The session verbs. A verb of another package (`handler`) may be sent a form. For that the app needs a parser for forms, e.g.
 * `@fastify/formbody`; without one Fastify answers 415.
 */
export interface FastifySession
  extends AppSession<
    FastifySessionHandler,
    (request: SessionRequest, reply: SessionReply, options?: VerbOptions) => Promise<void>,
    SessionReply,
    SessionRequest
  > {
  /**
   * A plugin that mounts the verbs which need nothing but the request: `app.register(session.routes, { prefix: '/session' })`
   * gives `POST /session/refresh`, `POST /session/device`, `DELETE /session`, `DELETE /session/all` and
   * `GET /session/jwks.json`. It registers the guards' plugin where the app has not. The verbs read bodies themselves: Fastify
   * does not refuse an empty or broken one that no verb needs.
   */
  readonly routes: FastifyPluginAsync
}

/** Binds the verbs of sessions to Fastify. */
export function createFastifySession<Claims extends object>(
  sessions: Sessions<Claims>,
  framework: AnsweringFramework<GuardedRequest, GuardedReply>,
  storedAuth: (request: GuardedRequest) => StoredAuth<Claims>,
  plugin: FastifyPluginAsync,
): FastifySession {
  /** Waits for the reply: when a handler is done before, Fastify believes that it has sent none. */
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
