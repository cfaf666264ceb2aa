import { AuthError, ConfigError } from '@latchkey/core'
import { readJsonBody, type StoredAuth } from '@latchkey/core/adapter'
import type { Login, Sessions, SessionVerb, VerbOptions } from '@latchkey/session'
import { bindVerbs, jsonOrNothing, readForm, routedVerb, type SessionVerbs } from '@latchkey/session/adapter'
import { answerResponse, type OnDeny } from './fetch-answer.js'
import { viewOf } from './fetch-request-view.js'

/** What answers a request. */
export type FetchSessionHandler = (request: Request) => Promise<Response>

/**
 * The session verbs. Each gives the response, cookies included, and refuses as a guard does. What goes wrong beyond that, a
 * hook of the app's that throws, is a rejection.
 */
export interface FetchSession {
  /** Begins a session for someone whom the app has just logged in: 200, or 400 for claims that cannot be issued. */
  readonly start: (request: Request, login: Login, options?: VerbOptions) => Promise<Response>
  /** Exchanges the request's refresh token for a new pair; 200, or 401 `refresh_rejected`. */
  readonly refresh: FetchSessionHandler
  /**
   * For `/session/device`, with the option `deviceBound`: binds the session to the browser's device; 200, or 403
   * `binding_rejected`, which changes nothing.
   */
  readonly bind: FetchSessionHandler
  /**
   * Ends the session of the request's refresh token; 204, also where there is none, or 303 where a handler of yours calls it
   * with a `redirect`.
   */
  readonly end: FetchSessionHandler & ((request: Request, options: VerbOptions) => Promise<Response>)
  /**
   * Ends every session of who is calling; 204. Needs no guard: it looks at the access token itself, once it has looked at
   * where the request comes from. Behind a guard, the guard's word counts.
   */
  readonly endAll: FetchSessionHandler
  /** For `/.well-known/jwks.json`: the public keys. */
  readonly jwks: FetchSessionHandler
  /**
   * The verbs which need nothing but the request, below a path: `session.routes('/session')` answers `POST /session/refresh`,
   * `POST /session/device`, `DELETE /session`, `DELETE /session/all` and `GET /session/jwks.json`, and gives undefined for any
   * other request, so that `routes(request) ?? …` goes on.
   *
   * @throws ConfigError for a path that does not begin with `/`
   */
  readonly routes: (path: string) => (request: Request) => Promise<Response> | undefined
  /** Makes a route handler of a verb of another package, e.g. of `oidcLogin` in `@latchkey/oidc`. */
  readonly handler: (verb: SessionVerb) => FetchSessionHandler
  /**
   * The request's JSON body, up to 64 KiB, whatever content type it claims. Undefined where it has none, or one that is not
   * JSON, which `start` answers with 400.
   */
  readonly readJson: (request: Request) => Promise<unknown>
}

/** Binds the verbs of sessions to requests. */
export function createFetchSession<Claims extends object>(
  sessions: Sessions<Claims>,
  deny: OnDeny,
  storedAuth: (request: Request) => StoredAuth<Claims>,
): FetchSession {
  const verbs = bindVerbs<Claims, Request, Response>(sessions, {
    answer: async (request, verb) => {
      try {
        return answerResponse(await verb(viewOf(request, [])))
      } catch (thrown) {
        if (!(thrown instanceof AuthError)) throw thrown
        return deny(thrown, request)
      }
    },
    body: bodyOf,
    form: (request) => readForm(undefined, request.body),
    storedAuth,
  })
  // Handlers get more arguments on some platforms (a Worker's bindings): a verb takes the request alone.
  return {
    start: (request, login, options) => verbs.start(request, login, options),
    refresh: (request) => verbs.refresh(request),
    bind: (request) => verbs.bind(request),
    end: (request: Request, options?: VerbOptions) => verbs.end(request, options),
    endAll: (request) => verbs.endAll(request),
    jwks: (request) => verbs.jwks(request),
    routes: (path) => routesBelow(path, verbs),
    handler: (verb) => (request) => verbs.run(request, verb),
    readJson: (request) => jsonOrNothing(() => bodyOf(request)),
  }
}

function routesBelow(
  path: string,
  verbs: SessionVerbs<Request, Response>,
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
