import { failureOf, type StoredAuth } from '@latchkey/core/adapter'
import type { Login, Sessions, SessionVerb, VerbOptions } from '@latchkey/session'
import {
  type AnsweringFramework,
  answerVerb,
  bindVerbs,
  bodyOf,
  jsonOrNothing,
  readForm,
  routedVerb,
} from '@latchkey/session/adapter'
import type { GuardedResponse } from './express-framework.js'
import type { GuardedRequest } from './express-request-view.js'

/** As much of an Express request as a session verb reads. */
export interface SessionRequest extends GuardedRequest {
  /** What a body parser made of it; undefined where none did. */
  readonly body?: unknown
}

/** As much of an Express response as a session verb needs. */
export type SessionResponse = GuardedResponse & { readonly req: SessionRequest }

/**
 * A route handler that answers the request itself. What fails goes to `next`, since Express 4 hears of no rejection; without
 * `next` it is one.
 */
export type ExpressSessionHandler = (
  req: SessionRequest,
  res: GuardedResponse,
  next?: (error: unknown) => void,
) => Promise<void>

/**
 * The session verbs. Each answers the request itself, cookies included, and refuses as a guard does. What goes wrong beyond
 * that, a hook of the app's that throws, goes to the app's error handler.
 */
export interface ExpressSession {
  /**
   * Begins a session for someone whom the app has just logged in: 200, or 400 for claims that cannot be issued. In Express 4
   * write `.catch(next)` behind it.
   */
  readonly start: (res: SessionResponse, login: Login, options?: VerbOptions) => Promise<void>
  /** Route handler: exchanges the request's refresh token for a new pair; 200, or 401 `refresh_rejected`. */
  readonly refresh: ExpressSessionHandler
  /**
   * Route handler for `/session/device`, with the option `deviceBound`: binds the session to the browser's device; 200, or 403
   * `binding_rejected`, which changes nothing.
   */
  readonly bind: ExpressSessionHandler
  /**
   * Route handler: ends the session of the request's refresh token; 204, also where there is none. Or 303 where a handler of
   * yours calls it with a `redirect`; in Express 4 write `.catch(next)` behind that.
   */
  readonly end: ExpressSessionHandler &
    ((req: SessionRequest, res: GuardedResponse, options: VerbOptions) => Promise<void>)
  /**
   * Route handler: ends every session of who is calling; 204. Needs no guard: it looks at the access token itself, once it has
   * looked at where the request comes from. Behind a guard, the guard's word counts.
   */
  readonly endAll: ExpressSessionHandler
  /** Route handler for `/.well-known/jwks.json`: the public keys. */
  readonly jwks: ExpressSessionHandler
  /**
   * Middleware that mounts the verbs which need nothing but the request: `app.use('/session', session.routes)` gives
   * `POST /session/refresh`, `POST /session/device`, `DELETE /session`, `DELETE /session/all` and `GET /session/jwks.json`.
   * Any other request goes on to `next`.
   */
  readonly routes: (
    req: SessionRequest & { readonly path: string },
    res: GuardedResponse,
    next: (error?: unknown) => void,
  ) => void
  /** Makes a route handler of a verb of another package, e.g. of `oidcLogin` in `@latchkey/oidc`. */
  readonly handler: (verb: SessionVerb) => ExpressSessionHandler
  /**
   * The request's JSON body: as a body parser left it, else read here, up to 64 KiB. Undefined where it has none, or one that
   * is not JSON, which `start` answers with 400.
   */
  readonly readJson: (req: SessionRequest) => Promise<unknown>
}

/** Binds the verbs of sessions to Express. */
export function createExpressSession<Claims extends object>(
  sessions: Sessions<Claims>,
  framework: AnsweringFramework<GuardedRequest, GuardedResponse>,
  storedAuth: (req: GuardedRequest) => StoredAuth<Claims>,
): ExpressSession {
  type Exchange = { readonly req: SessionRequest; readonly res: GuardedResponse }
  const read = (req: SessionRequest) => bodyOf({ body: req.body, raw: req })
  const verbs = bindVerbs<Claims, Exchange, void>(sessions, {
    answer: ({ req, res }, verb) => answerVerb(framework, req, res, verb),
    body: ({ req }) => read(req),
    form: ({ req }) => readForm(req.body, req),
    storedAuth: ({ req }) => storedAuth(req),
  })

  function handler(verb: (exchange: Exchange) => Promise<void>): ExpressSessionHandler {
    return async (req, res, next) => {
      try {
        await verb({ req, res })
      } catch (thrown) {
        if (next === undefined) throw thrown
        next(failureOf(thrown))
      }
    }
  }

  return {
    start: (res, login, options) => verbs.start({ req: res.req, res }, login, options),
    refresh: handler(verbs.refresh),
    bind: handler(verbs.bind),
    end: (req: SessionRequest, res: GuardedResponse, last?: VerbOptions | ((error: unknown) => void)) =>
      typeof last === 'object'
        ? verbs.end({ req, res }, last)
        : handler((exchange) => verbs.end(exchange))(req, res, last),
    endAll: handler(verbs.endAll),
    jwks: handler(verbs.jwks),
    routes: (req, res, next) => {
      const verb = routedVerb(verbs, req.method ?? '', req.path)
      if (verb === undefined) next()
      else void handler(verb)(req, res, next)
    },
    handler: (verb) => handler((exchange) => verbs.run(exchange, verb)),
    readJson: (req) => jsonOrNothing(() => read(req)),
  }
}
