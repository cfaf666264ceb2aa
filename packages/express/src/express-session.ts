import { failureOf, type StoredAuth } from '@latchkey/core/adapter'
import type { Sessions, VerbOptions } from '@latchkey/session'
import {
  type AnsweringFramework,
  type AppSession,
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

/** The session verbs. In Express 4 write `.catch(next)` behind `start`, and behind an `end` that your own handler calls. */
export interface ExpressSession
  extends AppSession<
    ExpressSessionHandler,
    ExpressSessionHandler & ((req: SessionRequest, res: GuardedResponse, options: VerbOptions) => Promise<void>),
    SessionResponse,
    SessionRequest
  > {
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
