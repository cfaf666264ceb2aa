import { readJsonBody, type StoredAuth } from '@latchkey/core/adapter'
import type { Sessions, VerbOptions } from '@latchkey/session'
import { type AppSession, bindVerbs, givenAnswer, readForm, routeVerbs } from '@latchkey/session/adapter'
import { type OnDeny, responseOf } from './fetch-answer.js'
import { viewOf } from './fetch-request-view.js'

/** A route handler. */
export type FetchSessionHandler = (request: Request) => Promise<Response>

/** The session verbs. Each returns the response. */
export interface FetchSession
  extends AppSession<
    FetchSessionHandler,
    FetchSessionHandler & ((request: Request, options: VerbOptions) => Promise<Response>),
    Request,
    Request
  > {
  /**
   * Mounts the verbs that need only the request below a path. `session.routes('/session')` answers `POST /session/refresh`,
   * `POST /session/device`, `DELETE /session`, `DELETE /session/all` and `GET /session/jwks.json`. It gives undefined for other
   * requests, so that `routes(request) ?? …` goes on.
   *
   * @throws ConfigError if the path does not begin with `/`
   */
  readonly routes: (path: string) => (request: Request) => Promise<Response> | undefined
}

/** Binds the session verbs to requests. */
export function createFetchSession<Claims extends object>(
  sessions: Sessions<Claims>,
  deny: OnDeny,
  storedAuth: (request: Request) => StoredAuth<Claims>,
): FetchSession {
  const verbs = bindVerbs<Claims, Request, Response>(sessions, {
    answer: givenAnswer((request) => viewOf(request, []), responseOf, deny),
    body: ({ body }) => readJsonBody(body),
    form: ({ body }) => readForm(undefined, body),
    storedAuth,
  })
  return {
    ...verbs,
    routes: (path) => {
      const handlerAt = routeVerbs(verbs, path)
      return (request) => handlerAt(request.method, new URL(request.url).pathname)?.(request)
    },
  }
}
