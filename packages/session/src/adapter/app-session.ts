import type { Login } from '../tokens/login.js'
import type { SessionVerb } from '../verbs/session-verb.js'
import type { VerbOptions } from '../verbs/sessions.js'

/**
 * The session verbs, as every adapter gives them to an app. Each answers the request and sets the cookies. It refuses a request
 * as a guard does. Other errors, e.g. of the app's own hook, go to the app's error handler.
 *
 * `Exchange` is the object that a handler starts a session with; `Request` is the object that it reads a body from.
 */
export interface AppSession<
  Handler extends (...given: never[]) => unknown,
  End extends (...given: never[]) => unknown,
  Exchange,
  Request,
> {
  /** Starts a session for a user whom the app has just logged in. Answers 200, or 400 if the claims cannot be issued. */
  readonly start: (exchange: Exchange, login: Login, options?: VerbOptions) => ReturnType<Handler>
  /** Route handler: exchanges the request's refresh token for a new pair of tokens. Answers 200, or 401 `refresh_rejected`. */
  readonly refresh: Handler
  /**
   * Route handler for `/session/device`, with the option `deviceBound`: binds the session to the browser's device. Answers 200,
   * or 403 `binding_rejected`, which changes nothing.
   */
  readonly bind: Handler
  /**
   * Route handler: ends the session of the request's refresh token. Answers 204, also if there is no session, or 303 if a
   * handler of yours calls it with a `redirect`.
   */
  readonly end: End
  /**
   * Route handler: ends every session of the caller. Answers 204. It needs no guard: it checks the origin and then the access
   * token itself. Behind a guard, it takes the identity that the guard has stored.
   */
  readonly endAll: Handler
  /** Route handler for `/.well-known/jwks.json`: the public keys. */
  readonly jwks: Handler
  /** Makes a route handler from a verb of another package, e.g. of `oidcLogin` in `@latchkey/oidc`. */
  readonly handler: (verb: SessionVerb) => Handler
  /**
   * Gives the request's JSON body, whatever its content type. If the app's parser has read it, it gives that; else it reads up
   * to 64 KiB. Undefined if there is no body or if it is not JSON; `start` answers 400 to that.
   */
  readonly readJson: (request: Request) => Promise<unknown>
}
