import { parseJsonBody, readJsonBody, type StoredAuth } from '@latchkey/core/adapter'
import type { Sessions, VerbOptions } from '@latchkey/session'
import { type AppSession, bindVerbs, givenAnswer, readForm, sessionRoutes } from '@latchkey/session/adapter'
import { type Context, Hono, type Next } from 'hono'
import { answerResponse, type Deny } from './hono-answer.js'
import { HonoRequestView } from './hono-request-view.js'

/** A route handler. */
export type HonoSessionHandler = (c: Context) => Promise<Response>

/** The session verbs. Each returns the response. */
export interface HonoSession
  extends AppSession<
    HonoSessionHandler,
    (c: Context, options?: VerbOptions | Next) => Promise<Response>,
    Context,
    Context
  > {
  /**
   * An app that mounts the verbs that need only the request. `app.route('/session', session.routes)` answers
   * `POST /session/refresh`, `POST /session/device`, `DELETE /session`, `DELETE /session/all` and `GET /session/jwks.json`.
   */
  readonly routes: Hono
}

/** Binds the session verbs to Hono. */
export function createHonoSession<Claims extends object>(
  sessions: Sessions<Claims>,
  deny: Deny,
  storedAuth: (c: Context) => StoredAuth<Claims>,
): HonoSession {
  const verbs = bindVerbs<Claims, Context, Response>(sessions, {
    answer: givenAnswer((c) => new HonoRequestView(c), answerResponse, deny),
    // If middleware has already read the body, Hono remembers it.
    body: async ({ req }) =>
      req.raw.bodyUsed ? parseJsonBody(new Uint8Array(await req.arrayBuffer())) : readJsonBody(req.raw.body),
    form: async ({ req }) => readForm(req.raw.bodyUsed ? await req.text() : undefined, req.raw.body),
    storedAuth,
  })
  const routes = new Hono()
  for (const { method, path, verb } of sessionRoutes) routes.on(method, path, (c) => verbs[verb](c))
  return { ...verbs, routes, end: (c, options) => verbs.end(c, typeof options === 'object' ? options : undefined) }
}
