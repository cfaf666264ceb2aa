import type { Login } from '../tokens/login.js'
import type { SessionVerb } from '../verbs/session-verb.js'
import type { VerbOptions } from '../verbs/sessions.js'

/**
 * The session verbs, as every adapter gives them to an app. Each answers the request, cookies included, and refuses as a guard
 * does. What goes wrong beyond that, a hook of the app's that throws, goes to the app's error handler.
 *
 * `Exchange` is what a handler has in hand when it starts a session, `Request` what it reads a body from.
 */
export interface AppSession<
  Handler extends (...given: never[]) => unknown,
  End extends (...given: never[]) => unknown,
  Exchange,
  Request,
> {
  /** Begins a session for someone whom the app has just logged in: 200, or 400 for claims that cannot be issued. */
  readonly start: (exchange: Exchange, login: Login, options?: VerbOptions) => ReturnType<Handler>
  /** Route handler: exchanges the request's refresh token for a new pair; 200, or 401 `refresh_rejected`. */
  readonly refresh: Handler
  /**
   * Route handler for `/session/device`, with the option `deviceBound`: binds the session to the browser's device; 200, or 403
   * `binding_rejected`, which changes nothing.
   */
  readonly bind: Handler
  /**
   * Route handler: ends the session of the request's refresh token; 204, also where there is none, or 303 where a handler of
   * yours calls it with a `redirect`.
   */
  readonly end: End
  /**
   * Route handler: ends every session of who is calling; 204. Needs no guard: it looks at the access token itself, once it has
   * looked at where the request comes from. Behind a guard, the guard's word counts.
   */
  readonly endAll: Handler
  /** Route handler for `/.well-known/jwks.json`: the public keys. */
  readonly jwks: Handler
  /** Makes a route handler of a verb of another package, e.g. of `oidcLogin` in `@latchkey/oidc`. */
  readonly handler: (verb: SessionVerb) => Handler
  /**
   * The request's JSON body, whatever content type it claims: as a parser of the app's left it, else read here, up to 64 KiB.
   * Undefined where it has none, or one that is not JSON, which `start` answers with 400.
   */
  readonly readJson: (request: Request) => Promise<unknown>
}
