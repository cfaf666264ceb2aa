import type { NodeFields, StoredAuth } from '@latchkey/core/adapter'
import type { Login, Sessions, SessionVerb, VerbOptions } from '@latchkey/session'
import {
  type AnsweringFramework,
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
 * The session verbs. Each answers the request itself, cookies included, and refuses as a guard does. What goes wrong beyond
 * that, a hook of the app's that throws, is a rejection for the app's error handler.
 */
export interface FastifySession {
  /** Begins a session for someone whom the app has just logged in: 200, or 400 for claims that cannot be issued. */
  readonly start: (reply: SessionReply, login: Login, options?: VerbOptions) => Promise<void>
  /** Route handler: exchanges the request's refresh token for a new pair; 200, or 401 `refresh_rejected`. */
  readonly refresh: FastifySessionHandler
  /**
   * Route handler for `/session/device`, with the option `deviceBound`: binds the session to the browser's device; 200, or 403
   * `binding_rejected`, which changes nothing.
   */
  readonly bind: FastifySessionHandler
  /**
   * Route handler: ends the session of the request's refresh token; 204, also where there is none, or 303 where a handler of
   * yours calls it with a `redirect`.
   */
  readonly end: (request: SessionRequest, reply: SessionReply, options?: VerbOptions) => Promise<void>
  /**
   * Route handler: ends every session of who is calling; 204. Needs no guard: it looks at the access token itself, once it has
   * looked at where the request comes from. Behind a guard, the guard's word counts.
   */
  readonly endAll: FastifySessionHandler
  /** Route handler for `/.well-known/jwks.json`: the public keys. */
  readonly jwks: FastifySessionHandler
  /**
   * A plugin that mounts the verbs which need nothing but the request: `app.register(session.routes, { prefix: '/session' })`
   * gives `POST /session/refresh`, `POST /session/device`, `DELETE /session`, `DELETE /session/all` and
   * `GET /session/jwks.json`. It registers the guards' plugin where the app has not. Bodies are the verbs' own to read, so
   * that an empty or broken one which nobody needs is no refusal of Fastify's.
   */
  readonly routes: FastifyPluginAsync
  /**
   * Makes a route handler of a verb of another package, e.g. of `oidcLogin` in `@latchkey/oidc`. Where a form may be sent to it, the app
   * needs a parser for forms, e.g. `@fastify/formbody`; else Fastify answers 415.
   */
  readonly handler: (verb: SessionVerb) => FastifySessionHandler
  /**
   * The request's JSON body: as the app's parser left it, else read here, up to 64 KiB. Undefined where it has none, or one
   * that is not JSON, which `start` answers with 400.
   */
  readonly readJson: (request: SessionRequest) => Promise<unknown>
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
