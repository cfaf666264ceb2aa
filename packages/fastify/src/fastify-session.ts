import type { NodeFields, StoredAuth } from '@latchkey/core/adapter'
import type { Sessions, VerbOptions } from '@latchkey/session'
import {
  type AnsweringFramework,
  type AppSession,
  answerVerb,
  bindVerbs,
  bodyOf,
  jsonOrNothing,
  readForm,
  sessionRoutes,
} from '@latchkey/session/adapter'
import type { FastifyPluginAsync } from 'fastify'
import type { GuardedReply } from './fastify-framework.js'
import type { GuardedRequest } from './fastify-request-view.js'

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
 * The session verbs. Where a form may be sent to a verb of another package (`handler`), the app needs a parser for forms, e.g.
 * `@fastify/formbody`; else Fastify answers 415.
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
   * `GET /session/jwks.json`. It registers the guards' plugin where the app has not. Bodies are the verbs' own to read, so
   * that an empty or broken one which nobody needs is no refusal of Fastify's.
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
  type Exchange = { readonly request: SessionRequest; readonly reply: SessionReply }
  const verbs = bindVerbs<Claims, Exchange, void>(sessions, {
    answer: async ({ request, reply }, verb) => {
      await answerVerb(framework, request, reply, verb)
      // Fastify would take a handler that is done before the reply has left for one that has sent none.
      await reply
    },
    body: ({ request }) => bodyOf(request),
    form: ({ request }) => readForm(request.body, request.raw),
    storedAuth: ({ request }) => storedAuth(request),
  })
  return {
    start: (reply, login, options) => verbs.start({ request: reply.request, reply }, login, options),
    refresh: (request, reply) => verbs.refresh({ request, reply }),
    bind: (request, reply) => verbs.bind({ request, reply }),
    end: (request, reply, options) => verbs.end({ request, reply }, options),
    endAll: (request, reply) => verbs.endAll({ request, reply }),
    jwks: (request, reply) => verbs.jwks({ request, reply }),
    routes: async (app) => {
      await app.register(plugin)
      app.removeAllContentTypeParsers()
      app.addContentTypeParser('*', (_request, _payload, done) => done(null))
      for (const { method, path, verb } of sessionRoutes) {
        app.route({ method, url: path, handler: (request, reply) => verbs[verb]({ request, reply }) })
      }
    },
    handler: (verb) => (request, reply) => verbs.run({ request, reply }, verb),
    readJson: (request) => jsonOrNothing(() => bodyOf(request)),
  }
}
