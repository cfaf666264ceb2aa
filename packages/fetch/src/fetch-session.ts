import { ConfigError } from '@latchkey/core'
import { readJsonBody, type StoredAuth } from '@latchkey/core/adapter'
import type { Sessions, VerbOptions } from '@latchkey/session'
import {
  type AppSession,
  bindVerbs,
  givenAnswer,
  jsonOrNothing,
  type RoutedVerb,
  readForm,
  routedVerb,
  type SessionVerbs,
} from '@latchkey/session/adapter'
import { answerResponse, type OnDeny } from './fetch-answer.js'
import { viewOf } from './fetch-request-view.js'

/** What answers a request. */
export type FetchSessionHandler = (request: Request) => Promise<Response>

/** The session verbs. Each gives the response. */
export interface FetchSession
  extends AppSession<
    FetchSessionHandler,
    FetchSessionHandler & ((request: Request, options: VerbOptions) => Promise<Response>),
    Request,
    Request
  > {
  /**
   * The verbs which need nothing but the request, below a path: `session.routes('/session')` answers `POST /session/refresh`,
   * `POST /session/device`, `DELETE /session`, `DELETE /session/all` and `GET /session/jwks.json`, and gives undefined for any
   * other request, so that `routes(request) ?? …` goes on.
   *
   * @throws ConfigError for a path that does not begin with `/`
   */
  readonly routes: (path: string) => (request: Request) => Promise<Response> | undefined
}

/** Binds the verbs of sessions to requests. */
export function createFetchSession<Claims extends object>(
  sessions: Sessions<Claims>,
  deny: OnDeny,
  storedAuth: (request: Request) => StoredAuth<Claims>,
): FetchSession {
  const { run, ...verbs } = bindVerbs<Claims, Request, Response>(sessions, {
    answer: givenAnswer(
      (request) => viewOf(request, []),
      (_request, answer) => answerResponse(answer),
      deny,
    ),
    body: bodyOf,
    form: (request) => readForm(undefined, request.body),
    storedAuth,
  })
  return {
    ...verbs,
    routes: (path) => routesBelow(path, verbs),
    handler: (verb) => (request) => run(request, verb),
    readJson: (request) => jsonOrNothing(() => bodyOf(request)),
  }
}

function routesBelow(
  path: string,
  verbs: Pick<SessionVerbs<Request, Response>, RoutedVerb>,
): (request: Request) => Promise<Response> | undefined {
  if (!path.startsWith('/'))
    throw new ConfigError('session.routes takes a path that begins with a slash, e.g. "/session".')
  const base = path.replace(/\/$/, '')
  return (request) => {
    const { pathname } = new URL(request.url)
    if (pathname !== base && !pathname.startsWith(`${base}/`)) return undefined
    return routedVerb(verbs, request.method, pathname.slice(base.length))?.(request)
  }
}

function bodyOf({ body }: Request): unknown {
  return body === null ? undefined : readJsonBody(body)
}
