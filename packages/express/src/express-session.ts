import type { ServerResponse } from 'node:http'
import { AuthError } from '@latchkey/core'
import { failureOf, parseJsonBody, readJsonBody, type StoredAuth } from '@latchkey/core/adapter'
import type { Login, SessionAnswer, Sessions } from '@latchkey/session'
import { type Deny, sendAnswer } from './express-answer.js'
import { ExpressRequestView, type GuardedRequest } from './express-request-view.js'

/** As much of an Express request as a session verb reads. */
export interface SessionRequest extends GuardedRequest {
  /** What a body parser made of it; undefined where none did. */
  readonly body?: unknown
}

/** As much of an Express response as a session verb needs. */
export type SessionResponse = ServerResponse & { readonly req: SessionRequest }

/** A route handler that answers the request itself. */
export type ExpressSessionHandler = (req: SessionRequest, res: ServerResponse) => Promise<void>

/**
 * The session verbs. Each answers the request itself, cookies included, and refuses as a guard does. What goes wrong beyond
 * that, a hook of the app's that throws, is a rejection for the app's error handler.
 */
export interface ExpressSession {
  /** Begins a session for someone whom the app has just logged in: 200, or 400 for claims that cannot be issued. */
  readonly start: (res: SessionResponse, login: Login) => Promise<void>
  /** Route handler: exchanges the request's refresh token for a new pair; 200, or 401 `refresh_rejected`. */
  readonly refresh: ExpressSessionHandler
  /** Route handler: ends the session of the request's refresh token; 204, also where there is none. */
  readonly end: ExpressSessionHandler
  /**
   * Route handler: ends every session of who is calling; 204. Needs no guard: it looks at the access token itself, once it has
   * looked at where the request comes from. Behind a guard, the guard's word counts.
   */
  readonly endAll: ExpressSessionHandler
  /** Route handler for `/.well-known/jwks.json`: the public keys. */
  readonly jwks: ExpressSessionHandler
  /**
   * The request's JSON body: as a body parser left it, else read here, up to 64 KiB. Undefined where it has none, or one that
   * is not JSON, which `start` answers with 400.
   */
  readonly readJson: (req: SessionRequest) => Promise<unknown>
}

/** Binds the verbs of sessions to Express. */
export function createExpressSession<Claims extends object>(
  sessions: Sessions<Claims>,
  deny: Deny,
  storedAuth: (req: GuardedRequest) => StoredAuth<Claims>,
): ExpressSession {
  async function answer(
    req: SessionRequest,
    res: ServerResponse,
    verb: (view: ExpressRequestView) => Promise<SessionAnswer>,
  ): Promise<void> {
    try {
      sendAnswer(res, await verb(new ExpressRequestView(req)))
    } catch (thrown) {
      if (!(thrown instanceof AuthError)) throw failureOf(thrown)
      await deny(thrown, req, res)
    }
  }

  return {
    start: (res, login) => answer(res.req, res, (view) => sessions.start(view, login)),
    refresh: (req, res) => answer(req, res, (view) => sessions.refresh(view, () => bodyOf(req))),
    end: (req, res) => answer(req, res, (view) => sessions.end(view, () => bodyOf(req))),
    endAll: (req, res) => answer(req, res, (view) => sessions.endAll(view, storedAuth(req) ?? undefined)),
    jwks: (req, res) => answer(req, res, async () => sessions.jwksAnswer()),
    readJson: async (req) => {
      try {
        return await bodyOf(req)
      } catch (thrown) {
        if (thrown instanceof AuthError) return undefined
        throw thrown
      }
    },
  }
}

/** What a body parser made of the body; else it is still to be read. */
function bodyOf(req: SessionRequest): unknown {
  const { body } = req
  if (typeof body === 'string' || body instanceof Uint8Array) return parseJsonBody(body)
  return body === undefined ? readJsonBody(req) : body
}
