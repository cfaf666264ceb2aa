import type { Clock, DeniedEvent, ReplayStore } from '@latchkey/core'
import type { RequestView } from '@latchkey/core/adapter'
import type { Login, Sessions, SessionVerb } from '@latchkey/session'
import type { ClientAuth, IDToken } from 'openid-client'
import type { ProviderTokens } from './upstream-tokens.js'

/** A user who has logged in with the provider. */
export interface LoggedIn {
  /** The claims of the verified ID token (OpenID Connect Core §2). */
  readonly claims: IDToken
  /** The provider's tokens, for calls to it during the log-in, e.g. to its userinfo endpoint. Do not log them. */
  readonly tokens: ProviderTokens
  /** The browser's request, e.g. `view.header('user-agent')` for the session's label. */
  readonly view: RequestView
}

/**
 * Decides which session to start for a user who has logged in with the provider. Null starts none and answers 403
 * `access_denied`. What it throws goes to the app's error handler.
 */
export type OnLogin = (who: LoggedIn) => Login | null | Promise<Login | null>

/** Options of `oidcLogin`. */
export interface OidcLoginOptions {
  /** The provider, exactly as its metadata names it. https, or http on loopback. */
  readonly issuer: string
  /** The app's client id at the provider. */
  readonly clientId: string
  /** The client's secret, sent as HTTP Basic. Give either this or `clientAuth`. */
  readonly clientSecret?: string
  /**
   * Any client authentication of `openid-client`, e.g. `PrivateKeyJwt(key)`, or `None()` for a public client. In place of a
   * secret.
   */
  readonly clientAuth?: ClientAuth
  /** The absolute URL at which `callback` is mounted, as registered with the provider. */
  readonly redirectUri: string
  /**
   * The absolute URL to which the provider sends the user after the log-out, as registered with it. Default: the provider
   * decides.
   */
  readonly postLogoutRedirectUri?: string
  /** The scopes to ask for, separated by spaces. Default `openid`. */
  readonly scope?: string
  /** More parameters of the request to the provider, e.g. `{ prompt: 'login' }`. Default: none. */
  readonly parameters?: Readonly<Record<string, string>>
  /**
   * One or more secrets of 32 bytes each, which encrypt the log-in's cookie and the provider's tokens. The first encrypts, all
   * decrypt. To replace a secret, put the new one first.
   */
  readonly secrets: readonly Uint8Array[]
  /** The sessions that log-ins start, from `createSessions` with `delivery: 'cookie'`, which is the default. */
  readonly sessions: Sessions<object>
  /** Decides which session to start. */
  readonly onLogin: OnLogin
  /**
   * Keeps the provider's tokens with the session, encrypted: for `accessToken`, and for the log-out, which then names the user
   * to the provider (`id_token_hint`), unless the session is bound to a device. Default false.
   */
  readonly keepTokens?: boolean
  /**
   * Remembers used log-ins and logout tokens. All processes must share one store. Default `memoryReplayStore()`, which is right
   * for one process.
   */
  readonly replay?: ReplayStore
  /**
   * Is called with every refusal of the four verbs. What it throws is reported as an uncaught exception. Default: events are
   * dropped.
   */
  readonly onEvent?: (event: DeniedEvent) => void
  /** Gives the present in seconds since the epoch. Default: the system clock. */
  readonly clock?: Clock
  /**
   * Sends the requests to the provider. Default: on Node `node:http` and `node:https`, because some answers stop the process
   * through Node's own `fetch`; elsewhere the global `fetch`.
   */
  readonly fetch?: typeof fetch
}

/** Four verbs, from which `session.handler` of an adapter makes route handlers, and access to the provider's tokens. */
export interface OidcLogin {
  /** `GET`: sends the browser to the provider. The query's `returnTo` is the path to return to after the log-in; default `/`. */
  readonly logIn: SessionVerb
  /** `GET`, at `redirectUri`: checks the provider's answer, starts the session, and sends the browser to `returnTo`. */
  readonly callback: SessionVerb
  /** `POST`: ends the session, then sends the browser to the provider's log-out. */
  readonly logOut: SessionVerb
  /** `POST`, for the provider: ends the sessions that its logout token names. Answers 200 or 400, or 503 during an outage. */
  readonly backChannelLogOut: SessionVerb
  /**
   * Gives the provider's access token for a session, with `keepTokens: true`. If the token is about to expire, it is refreshed
   * first, by one process at a time.
   *
   * @param session the session's id (`auth.claims.sid`)
   * @returns null if there is no token; the user must then log in again
   * @throws AuthError `keys_unavailable` or `store_unavailable` (503), as a rejection, during an outage
   */
  accessToken(session: string): Promise<string | null>
}
