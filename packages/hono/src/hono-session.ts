import { AuthError } from '@latchkey/core'
import { parseJsonBody, readJsonBody, type StoredAuth } from '@latchkey/core/adapter'
import type { Login, Sessions, SessionVerb, VerbOptions } from '@latchkey/session'
import { bindVerbs, jsonOrNothing, readForm, sessionRoutes } from '@latchkey/session/adapter'
import { type Context, Hono, type Next } from 'hono'
import { answerResponse, type OnDeny } from './hono-answer.js'
import { honoRequestView } from './hono-request-view.js'

/** A route handler. */
export type HonoSessionHandler = (c: Context) => Promise<Response>

/**
 * The session verbs. Each gives the response, cookies included, and refuses as a guard does. What goes wrong beyond that, a
 * hook of the app's that throws, is a rejection for the app's error handler.
 */
export interface HonoSession {
  /** Begins a session for someone whom the app has just logged in: 200, or 400 for claims that cannot be issued. */
  readonly start: (c: Context, login: Login, options?: VerbOptions) => Promise<Response>
  /** Route handler: exchanges the request's refresh token for a new pair; 200, or 401 `refresh_rejected`. */
  readonly refresh: HonoSessionHandler
  /**
   * Route handler for `/session/device`, with the option `deviceBound`: binds the session to the browser's device; 200, or 403
   * `binding_rejected`, which changes nothing.
   */
  readonly bind: HonoSessionHandler
  /**
   * Route handler: ends the session of the request's refresh token; 204, also where there is none, or 303 where a handler of
   * yours calls it with a `redirect`.
   */
  readonly end: (c: Context, options?: VerbOptions | Next) => Promise<Response>
  /**
   * Route handler: ends every session of who is calling; 204. Needs no guard: it looks at the access token itself, once it has
   * looked at where the request comes from. Behind a guard, the guard's word counts.
   */
  readonly endAll: HonoSessionHandler
  /** Route handler for `/.well-known/jwks.json`: the public keys. */
  readonly jwks: HonoSessionHandler
  /**
   * A sub-app of the verbs which need nothing but the request: `app.route('/session', session.routes)` gives
   * `POST /session/refresh`, `POST /session/device`, `DELETE /session`, `DELETE /session/all` and `GET /session/jwks.json`.
   */
  readonly routes: Hono
  /** Makes a route handler of a verb of another package, e.g. of `oidcLogin` in `@latchkey/oidc`. */
  readonly handler: (verb: SessionVerb) => HonoSessionHandler
  /**
   * The request's JSON body, up to 64 KiB, whatever content type it claims. Undefined where it has none, or one that is not
   * JSON, which `start` answers with 400.
   */
  readonly readJson: (c: Context) => Promise<unknown>
}

/** Binds the verbs of sessions to Hono. */
export function createHonoSession<Claims extends object>(
  sessions: Sessions<Claims>,
  deny: OnDeny,
  storedAuth: (c: Context) => StoredAuth<Claims>,
): HonoSession {
  const { run, ...verbs } = bindVerbs<Claims, Context, Response>(sessions, {
    answer: async (c, verb) => {
      try {
        return answerResponse(c, await verb(honoRequestView(c)))
      } catch (thrown) {
        if (!(thrown instanceof AuthError)) throw thrown
        return deny(thrown, c)
      }
    },
    body: bodyOf,
    form: async ({ req }) => readForm(req.raw.bodyUsed ? await req.text() : undefined, req.raw.body),
    storedAuth,
  })
  const routes = new Hono()
  for (const { method, path, verb } of sessionRoutes) routes.on(method, path, (c) => verbs[verb](c))
  return {
    ...verbs,
    routes,
    end: (c, options) => verbs.end(c, typeof options === 'object' ? options : undefined),
    handler: (verb) => (c) => run(c, verb),
    readJson: (c) => jsonOrNothing(() => bodyOf(c)),
  }
}

/** Read here, or, where middleware has read it already, as Hono remembers it. */
async function bodyOf({ req }: Context): Promise<unknown> {
  if (req.raw.bodyUsed) return parseJsonBody(new Uint8Array(await req.arrayBuffer()))
  return req.raw.body === null ? undefined : readJsonBody(req.raw.body)
}
