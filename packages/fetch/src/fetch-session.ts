import { AuthError } from '@latchkey/core'
import { readJsonBody, type StoredAuth } from '@latchkey/core/adapter'
import type { Login, Sessions, SessionVerb } from '@latchkey/session'
import { bindVerbs, jsonOrNothing, readForm } from '@latchkey/session/adapter'
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
  readonly start: (request: Request, login: Login) => Promise<Response>
  /** Exchanges the request's refresh token for a new pair; 200, or 401 `refresh_rejected`. */
  readonly refresh: FetchSessionHandler
  /** Ends the session of the request's refresh token; 204, also where there is none. */
  readonly end: FetchSessionHandler
  /**
   * Ends every session of who is calling; 204. Needs no guard: it looks at the access token itself, once it has looked at
   * where the request comes from. Behind a guard, the guard's word counts.
   */
  readonly endAll: FetchSessionHandler
  /** For `/.well-known/jwks.json`: the public keys. */
  readonly jwks: FetchSessionHandler
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
    start: (request, login) => verbs.start(request, login),
    refresh: (request) => verbs.refresh(request),
    end: (request) => verbs.end(request),
    endAll: (request) => verbs.endAll(request),
    jwks: (request) => verbs.jwks(request),
    handler: (verb) => (request) => verbs.run(request, verb),
    readJson: (request) => jsonOrNothing(() => bodyOf(request)),
  }
}

function bodyOf({ body }: Request): unknown {
  return body === null ? undefined : readJsonBody(body)
}
