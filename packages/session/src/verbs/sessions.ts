import type {
  Auth,
  Clock,
  CoreEvent,
  DecryptionKey,
  FindIssuer,
  IssuerOptions,
  JwkSet,
  SharedOptions,
  TrustedOriginsOption,
  UntypedClaims,
  Verifier,
} from '@latchkey/core'
import type { Authenticate, RequestView } from '@latchkey/core/adapter'
import type { SessionCookieOptions } from '../delivery/cookies.js'
import type { ReadBody } from '../delivery/delivery.js'
import type { SessionAnswer } from '../delivery/session-answer.js'
import type { DeviceBoundOptions } from '../device/device-option.js'
import type { SessionEvent } from '../events/events.js'
import type { Keyring } from '../keyring/keyring.js'
import type { OnRefresh } from '../refresh/refresh-hook.js'
import type { SessionStore } from '../store/session-store.js'
import type { Login } from '../tokens/login.js'
import type { ListedSession } from './devices.js'

/** Options of `createSessions`. Durations are in seconds. */
export interface SessionsOptions<Claims extends object = UntypedClaims> {
  /**
   * The keys that sign the access tokens, from `await createKeyring()`, `await createStoredKeyring(…)` or
   * `createSecretKeyring(…)`.
   */
  readonly keyring: Keyring
  /** The store that keeps the sessions. Default `memoryStore()`, which forgets them when the process ends. */
  readonly store?: SessionStore
  /** The `iss` of the access tokens: who you are. By convention an https URL. */
  readonly issuer: string
  /** The `aud` of the access tokens: the API that they are for. */
  readonly audience: string | readonly string[]
  /** For how many seconds an access token is good. Default 300. */
  readonly accessTokenTtl?: number
  /** After how many seconds without a refresh a session ends. Default 1296000, which is 15 days. */
  readonly idleTtl?: number
  /** After how many seconds a session ends in any case. Default 2592000, which is 30 days. */
  readonly absoluteTtl?: number
  /** For how many seconds after a rotation the old refresh token gets the same successor again; 0: never. Default 10. */
  readonly reuseGrace?: number
  /**
   * How many living sessions a subject may have. One more ends the session that was refreshed longest ago (event
   * `session_ended`, reason `evicted`). Default 100.
   */
  readonly sessionsPerSubject?: number
  /**
   * What happens to the access tokens of ended sessions. `'expiry'`: they are good until they expire. `'immediate'`: they are
   * refused too. Default `'expiry'`.
   */
  readonly revocation?: 'expiry' | 'immediate'
  /** How tokens are sent: `'cookie'` for browsers, `'body'` for native clients. Default `'cookie'`. */
  readonly delivery?: 'cookie' | 'body'
  /**
   * Keys to encrypt access tokens with (RFC 7516): `dir` with 32 bytes, or `ECDH-ES+A256KW`, always with A256GCM. The first
   * encrypts, all decrypt. Default: tokens are only signed, so that whoever holds one can read its claims.
   */
  readonly encryption?: readonly DecryptionKey[]
  /** Names and attributes of the cookies. Default: `__Host-access` and `__Host-refresh`, see `CookieOptions`. */
  readonly cookies?: SessionCookieOptions
  /**
   * Binds sessions to a key in the hardware of the browser's device, if the browser supports it (Device Bound Session
   * Credentials). A copy of the cookies is then good only until the access token expires. It works only with `delivery:
   * 'cookie'`. Keep `accessTokenTtl` at 120 or more except in tests: Chromium signs only about six times in some minutes.
   * Default: off.
   */
  readonly deviceBound?: DeviceBoundOptions | DeviceBoundOptions['mode']
  /** Is called at each refresh: gives new scope and claims, or ends the session. Default: they stay as at the log-in. */
  readonly onRefresh?: OnRefresh
  /**
   * Is called with every event of the sessions and their verifier. What it throws is reported as an uncaught exception.
   * Default: events are dropped.
   */
  readonly onEvent?: (event: SessionEvent | CoreEvent) => void
  /** Gives the present in seconds since the epoch. Default: the system clock. */
  readonly clock?: Clock
  /** The other origins whose pages may send requests, each exactly as in `Origin`; or a function. Default: none. */
  readonly trustedOrigins?: TrustedOriginsOption
  /**
   * How the guards verify tokens: where to look for them, a claims schema, other issuers that are accepted too. Default: the
   * tokens of these sessions only, from the header and the access cookie.
   */
  readonly verifier?: Omit<SharedOptions<Claims>, 'onEvent' | 'clock' | 'trustedOrigins' | 'decryption'> & {
    /** Other issuers that are accepted too: a list, or a function, as in `createVerifier`. Default: none. */
    readonly issuers?: readonly IssuerOptions[] | FindIssuer
    /** For how many seconds an answer of that function is kept. Default 600. */
    readonly keepFor?: number
  }
}

/**
 * The sessions of an app. The verbs work with any framework: they read a request's view and give the answer to send, or they
 * reject with an `AuthError`, which is answered like a guard's denial. Each first checks that no other site has sent the
 * request. A verb rejects with `store_unavailable` if the store cannot be reached.
 */
export interface Sessions<Claims extends object = UntypedClaims> {
  /** An ordinary verifier that also accepts the access tokens of these sessions. */
  readonly verifier: Verifier<Claims>
  /** The `iss` of their access tokens. Packages that build on sessions need it, and `store`. */
  readonly issuer: string
  /** The store that keeps them. */
  readonly store: SessionStore
  /** How their tokens are sent. */
  readonly delivery: 'cookie' | 'body'
  /** After how many seconds each session ends in any case. */
  readonly absoluteTtl: number
  /**
   * Starts a session for a user whom the app has just logged in.
   *
   * @throws AuthError `request_malformed`, as a rejection, if the log-in, which may come from the request, is not valid
   */
  start(view: RequestView, login: Login, options?: VerbOptions): Promise<SessionAnswer>
  /**
   * Exchanges the request's refresh token for a new pair of tokens.
   *
   * @param readBody gives the parsed JSON body, or rejects with `request_malformed`; called only with `delivery: 'body'`
   * @throws AuthError `refresh_rejected`, as a rejection. It neither sets nor clears a cookie: a tab that was late must not
   * sign out the tab that was first. `proof_required` if the session is bound to a device and the request does not prove that
   */
  refresh(view: RequestView, readBody?: ReadBody): Promise<SessionAnswer>
  /**
   * Binds the session to the device whose browser registers a key, and answers with the session instructions. Its route must be
   * `<deviceBound.path>/device`. Without the option `deviceBound`, every registration is refused.
   *
   * @throws AuthError `binding_rejected`, as a rejection, which changes nothing; `refresh_rejected` if the cookie's session is
   * not alive
   */
  bind(view: RequestView): Promise<SessionAnswer>
  /**
   * Ends the session of the request's refresh token, also if the token is an old one, and clears the cookies. It answers 204
   * also if there is no session. It does not look at the access token.
   *
   * @param readBody as for `refresh`
   */
  end(view: RequestView, readBody?: ReadBody, options?: VerbOptions): Promise<SessionAnswer>
  /**
   * Ends every session of the caller's subject, and clears the cookies.
   *
   * @param auth the caller, if a guard has run; by default the verb finds out itself, after the cross-origin check
   * @throws AuthError as a guard, as a rejection; `token_rejected` if the token is of another issuer, whose users are not ours
   */
  endAll(view: RequestView, auth?: Auth<object>): Promise<SessionAnswer>
  /**
   * Ends every session of a subject without a request, e.g. after a changed password, or for an administrator.
   *
   * @throws AuthError `store_unavailable`, as a rejection; so do the next three
   */
  endAllOf(sub: string): Promise<void>
  /**
   * Gives the id of the living session that the request's refresh cookie was issued for, also if the cookie is an old one. Null
   * if there is none, with `delivery: 'body'`, and if the session is bound to a device, because a copied cookie proves nothing
   * then. It does not check the origin.
   */
  sessionOf(view: RequestView): Promise<string | null>
  /** Gives the living sessions of a subject, the newest first, for a page of devices. */
  list(sub: string): Promise<readonly ListedSession[]>
  /**
   * Ends one session. It changes no cookie. If the id comes from the client, say whose session it must be, or a user could end
   * the session of another.
   *
   * @param id as `list` gives it
   * @param of ends the session only if it is of this subject. Default: of any
   * @returns false if there is no such living session
   */
  endOne(id: string, of?: { readonly sub: string }): Promise<boolean>
  /**
   * Does what `verifier.authenticate` does, for pages that cannot refresh with a script. If the access cookie is missing or
   * expired and the request carries a refresh cookie, it refreshes the session and goes on with the new token. The decision's
   * `response` then has the new cookies, which must be set in any case.
   */
  readonly authenticateOrRefresh: Authenticate<Claims>
  /** Gives the public keys of the keyring (RFC 7517 §5). */
  jwks(): JwkSet
  /** Gives the answer of a JWKS route. */
  jwksAnswer(): SessionAnswer
  /** Prepares the store and, with `revocation: 'immediate'`, loads the list of revoked sessions. Await it before listening. */
  ready(): Promise<void>
  /** Stops following the revocation log. The app must close the store's connection itself. */
  close(): Promise<void>
}

/** Options of the verbs `start` and `end`. */
export interface VerbOptions {
  /**
   * For pages without script: answer with a 303 to this path, without a body. It may come from the request. If it is not a path
   * on this origin, it is refused with `request_malformed`, and nothing is started or ended. Default: none.
   */
  readonly redirect?: string | undefined
}
