import { failureOf, type StoredAuth } from '@latchkey/core/adapter'
import type { Sessions, VerbOptions } from '@latchkey/session'
import {
  type AnsweringFramework,
  type AppSession,
  bindCallbackVerbs,
  type Exchange,
  routeVerbs,
} from '@latchkey/session/adapter'
import type { GuardedResponse } from './express-framework.js'
import type { GuardedRequest } from './express-request-view.js'

/** The part of an Express request that a session verb reads. */
export interface SessionRequest extends GuardedRequest {
  /** What a body parser has made of the body; undefined if none has read it. */
  readonly body?: unknown
}

/** The part of an Express response that a session verb uses. */
export type SessionResponse = GuardedResponse & { readonly req: SessionRequest }

/**
 * A route handler that answers the request itself. It passes errors to `next`, because Express 4 ignores a rejected promise.
 * Without `next` it rejects.
 */
export type ExpressSessionHandler = (
  req: SessionRequest,
  res: GuardedResponse,
  next?: (error: unknown) => void,
) => Promise<void>

/** The session verbs. In Express 4, add `.catch(next)` to calls of `start`, and to calls of `end` in a handler of your own. */
export interface ExpressSession
  extends AppSession<
    ExpressSessionHandler,
    ExpressSessionHandler & ((req: SessionRequest, res: GuardedResponse, options: VerbOptions) => Promise<void>),
    SessionResponse,
    SessionRequest
  > {
  /**
   * Middleware that mounts the verbs that need only the request. `app.use('/session', session.routes)` answers
   * `POST /session/refresh`, `POST /session/device`, `DELETE /session`, `DELETE /session/all` and `GET /session/jwks.json`.
   * Other requests go on to `next`.
   */
  readonly routes: (
    req: SessionRequest & { readonly path: string },
    res: GuardedResponse,
    next: (error?: unknown) => void,
  ) => void
}

/** Binds the session verbs to Express. */
export function createExpressSession<Claims extends object>(
  sessions: Sessions<Claims>,
  framework: AnsweringFramework<GuardedRequest, GuardedResponse>,
  storedAuth: (req: GuardedRequest) => StoredAuth<Claims>,
): ExpressSession {
  function handlerOf(
    verb: (exchange: Exchange<SessionRequest, GuardedResponse>) => Promise<void>,
  ): ExpressSessionHandler {
    return async (request, response, next) => {
      try {
        await verb({ request, response })
      } catch (thrown) {
        if (next === undefined) throw thrown
        next(failureOf(thrown))
      }
    }
  }

  const nodeBody = (req: SessionRequest) => ({ body: req.body, raw: req })
  const { verbs, handlers } = bindCallbackVerbs(sessions, framework, { nodeBody, storedAuth, handlerOf })
  const handlerAt = routeVerbs(handlers)
  return {
    ...handlers,
    start: (response, login, options) => verbs.start({ request: response.req, response }, login, options),
    end: (request: SessionRequest, response: GuardedResponse, last?: VerbOptions | ((error: unknown) => void)) =>
      typeof last === 'object' ? verbs.end({ request, response }, last) : handlers.end(request, response, last),
    routes: (req, res, next) => {
      const handler = handlerAt(req.method ?? '', req.path)
      if (handler === undefined) next()
      else void handler(req, res, next)
    },
  }
}
