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

/** How an app's sessions work; durations in seconds. */
export interface SessionsOptions<Claims extends object = UntypedClaims> {
  /** The keys that sign: `await createKeyring()`, or `createSecretKeyring`. */
  readonly keyring: Keyring
  /** Where sessions are kept. Default `memoryStore()`, which forgets them when the process ends. */
  readonly store?: SessionStore
  /** `iss` of the access tokens: who you are. An https URL by convention. */
  readonly issuer: string
  /** `aud` of the access tokens: the API that they are for. */
  readonly audience: string | readonly string[]
  /** How long an access token is good for. Default 300. */
  readonly accessTokenTtl?: number
  /** After how long without a refresh a session ends. Default 1296000, 15 days. */
  readonly idleTtl?: number
  /** After how long a session ends in any case. Default 2592000, 30 days. */
  readonly absoluteTtl?: number
  /** For how many seconds after a rotation the consumed token gets the same successor again; 0: never. Default 10. */
  readonly reuseGrace?: number
  /**
   * How many living sessions a subject may have. One more ends the one refreshed longest ago (event `session_ended`, reason
   * `evicted`). Default 100.
   */
  readonly sessionsPerSubject?: number
  /** `immediate` refuses the access tokens of ended sessions too; with `expiry` they live out. Default `expiry`. */
  readonly revocation?: 'expiry' | 'immediate'
  /** `cookie` for browsers, `body` for native clients. Default `cookie`. */
  readonly delivery?: 'cookie' | 'body'
  /**
   * Keys under which access tokens travel encrypted (RFC 7516): `dir` with 32 bytes or `ECDH-ES+A256KW`, always A256GCM. The
   * first encrypts, all decrypt. Default: signed tokens, whose claims whoever holds one can read.
   */
  readonly encryption?: readonly DecryptionKey[]
  /** Other cookies than `__Host-access` and `__Host-refresh`. */
  readonly cookies?: SessionCookieOptions
  /**
   * Binds sessions to a key in the hardware of the browser's device, where the browser can (Device Bound Session Credentials): a copy
   * of the cookies is then good for what is left of the access token. Cookie delivery alone. Keep `accessTokenTtl` at 120 s or
   * more outside of tests: Chromium signs about six times in some minutes. Default: off.
   */
  readonly deviceBound?: DeviceBoundOptions | DeviceBoundOptions['mode']
  /** Re-reads scope and claims at refresh, or ends the session. Default: they stay as they were at log-in. */
  readonly onRefresh?: OnRefresh
  /** Told of everything that sessions and their verifier report. What it throws is reported as an uncaught exception. */
  readonly onEvent?: (event: SessionEvent | CoreEvent) => void
  /** The present in seconds since the epoch. Default: the system clock. */
  readonly clock?: Clock
  /** Other origins whose pages may call, each exactly as in `Origin`. Default: none. */
  readonly trustedOrigins?: TrustedOriginsOption
  /** How the guards verify: where tokens are looked for, a claims schema, other issuers accepted besides. */
  readonly verifier?: Omit<SharedOptions<Claims>, 'onEvent' | 'clock' | 'trustedOrigins' | 'decryption'> & {
    readonly issuers?: readonly IssuerOptions[] | FindIssuer
    readonly keepFor?: number
  }
}

/**
 * The sessions of an app. The verbs know no framework: they look at a request's view and give the answer to send, or
 * reject with an `AuthError` that is answered like a guard's denial. Each checks first that no other site sent the request.
 */
export interface Sessions<Claims extends object = UntypedClaims> {
  /** An ordinary verifier that also accepts what these sessions issue. */
  readonly verifier: Verifier<Claims>
  /** `iss` of what they issue; with `store` for packages that build on sessions. */
  readonly issuer: string
  /** Where they are kept. */
  readonly store: SessionStore
  /** How their tokens travel: a browser that is sent on needs cookies. */
  readonly delivery: 'cookie' | 'body'
  /** After how many seconds each of them ends in any case. */
  readonly absoluteTtl: number
  /**
   * Begins a session for someone whom the app has just logged in. Rejects with `request_malformed` where the log-in, which may come
   * from the request, is not one.
   */
  start(view: RequestView, login: Login, options?: VerbOptions): Promise<SessionAnswer>
  /**
   * Exchanges the request's refresh token for a new pair. Rejects with `refresh_rejected`, which neither sets nor clears a
   * cookie: a tab that lost a race must not sign out the one that won.
   *
   * @param readBody gives the parsed JSON body, or rejects with `request_malformed`; called for body delivery alone
   */
  refresh(view: RequestView, readBody?: ReadBody): Promise<SessionAnswer>
  /**
   * Binds the session to the device whose browser registers a key, and answers with the session instructions. Rejects with
   * `binding_rejected`, which changes nothing, or `refresh_rejected` where the cookie's session is none. The route is
   * `<deviceBound.path>/device`. Without the option `deviceBound` every registration is refused.
   */
  bind(view: RequestView): Promise<SessionAnswer>
  /**
   * Ends the session of the request's refresh token, live or superseded, and clears the cookies. 204 also where there is
   * none; the access token is not looked at.
   *
   * @param readBody as for `refresh`
   */
  end(view: RequestView, readBody?: ReadBody, options?: VerbOptions): Promise<SessionAnswer>
  /**
   * Ends every session of the caller's subject and clears the cookies. Rejects as a guard would, and with `token_rejected`
   * where another issuer vouches for the subject: its users are not ours.
   *
   * @param auth who is calling, where a guard has found out; by default that is done here, after the cross-origin check
   */
  endAll(view: RequestView, auth?: Auth<object>): Promise<SessionAnswer>
  /**
   * Ends every session of a subject without a request: after a changed password, say, or by an administrator. Rejects with
   * `store_unavailable` where it cannot, as the next two.
   */
  endAllOf(sub: string): Promise<void>
  /**
   * The id of the living session that the request's refresh cookie was issued for, now or before; null for none. Null for one that is
   * bound to a device too, since a copied cookie proves nothing of it; and with body delivery. Where the request comes from is not
   * looked at.
   */
  sessionOf(view: RequestView): Promise<string | null>
  /** The living sessions of a subject, the newest first, for a page of devices. */
  list(sub: string): Promise<readonly ListedSession[]>
  /**
   * Ends one session, and touches no cookie. Look first whether it is the caller's own: `list` says which are.
   *
   * @param id as `list` gives it
   * @returns false where there is no such living session
   */
  endOne(id: string): Promise<boolean>
  /**
   * What `verifier.authenticate` does, for pages that cannot refresh by script: where the access cookie is gone or expired
   * and a refresh cookie came along, refreshes in passing and goes on with the new token. The decision's `response` then has the
   * new cookies, to be set whatever it says.
   */
  readonly authenticateOrRefresh: Authenticate<Claims>
  /** The public keys of the keyring (RFC 7517 §5). */
  jwks(): JwkSet
  /** The answer of a JWKS route. */
  jwksAnswer(): SessionAnswer
  /** Prepares the store and, with immediate revocation, loads its list. Await it before listening. */
  ready(): Promise<void>
  /** Stops following the revocation log. The store's connection is the app's own to close. */
  close(): Promise<void>
}

/** How a verb answers. */
export interface VerbOptions {
  /**
   * For pages without script: 303 to this path in place of a body. It may come from the request: what is no path on this origin
   * is refused with `request_malformed`, and nothing is started or ended. Default: none.
   */
  readonly redirect?: string | undefined
}
