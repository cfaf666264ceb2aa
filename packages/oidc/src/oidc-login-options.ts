import type { Clock, DeniedEvent, ReplayStore } from '@latchkey/core'
import type { RequestView } from '@latchkey/core/adapter'
import type { Login, Sessions, SessionVerb } from '@latchkey/session'
import type { ClientAuth, IDToken } from 'openid-client'
import type { ProviderTokens } from './upstream-tokens.js'

/** Who has logged in with the provider. */
export interface LoggedIn {
  /** The claims of the ID token, which was checked. */
  readonly claims: IDToken
  /** For calls to the provider while logging in, e.g. to its userinfo endpoint. Do not log them. */
  readonly tokens: ProviderTokens
  /** The browser's request, e.g. `view.header('user-agent')` for the session's label. */
  readonly view: RequestView
}

/** Says what session begins for whoever has logged in; null: none, 403 `access_denied`. What it throws is the app's error. */
export type OnLogin = (who: LoggedIn) => Login | null | Promise<Login | null>

/** How users log in with a provider. */
export interface OidcLoginOptions {
  /** The provider, exactly as its metadata names it; https, or http on loopback. */
  readonly issuer: string
  /** The app's client id. */
  readonly clientId: string
  /** The client's secret, sent as HTTP Basic. */
  readonly clientSecret?: string
  /** In place of a secret: any client authentication of `openid-client`, e.g. `PrivateKeyJwt(key)`; `None()` for a public client. */
  readonly clientAuth?: ClientAuth
  /** Where the callback is mounted, absolute, as registered with the provider. */
  readonly redirectUri: string
  /** Where the provider sends the user after log-out, absolute, as registered there. Default: where the provider pleases. */
  readonly postLogoutRedirectUri?: string
  /** What is asked for. Default `openid`. */
  readonly scope?: string
  /** Further members of the request to the provider, e.g. `{ prompt: 'login' }`. Default: none. */
  readonly parameters?: Readonly<Record<string, string>>
  /** Seal the log-in's cookie and the provider's tokens: 32 bytes each; the first seals, all open. */
  readonly secrets: readonly Uint8Array[]
  /** The sessions that log-ins begin; with `delivery: 'cookie'`, the default. */
  readonly sessions: Sessions<object>
  readonly onLogin: OnLogin
  /**
   * Whether the provider's tokens are kept with the session, sealed, for `accessToken`, and for the log-out, which then names the user to
   * the provider (`id_token_hint`; but for a session that is bound to a device). Default false.
   */
  readonly keepTokens?: boolean
  /** Remembers used log-ins and logout tokens; one for all processes. Default `memoryReplayStore()`: for one process. */
  readonly replay?: ReplayStore
  /** Told of every refusal of the four verbs. What it throws is reported as an uncaught exception. */
  readonly onEvent?: (event: DeniedEvent) => void
  /** The present in seconds since the epoch. Default: the system clock. */
  readonly clock?: Clock
  /** Sends the requests to the provider. Default: the global `fetch`. */
  readonly fetch?: typeof fetch
}

/** Four verbs for `session.handler` of an adapter, which makes route handlers of them; and the provider's tokens. */
export interface OidcLogin {
  /** `GET`: sends the browser to the provider. Where it comes back to is in the query's `returnTo`, a path; default `/`. */
  readonly logIn: SessionVerb
  /** `GET`, at `redirectUri`: checks what the provider sent, starts the session, and goes on to `returnTo`. */
  readonly callback: SessionVerb
  /** `POST`: ends the session, then sends the browser to the provider's log-out. */
  readonly logOut: SessionVerb
  /** `POST`, for the provider: ends the sessions that its logout token names. 200 or 400. */
  readonly backChannelLogOut: SessionVerb
  /**
   * The provider's access token of a session (`auth.claims.sid`), refreshed where it is about to expire, once at a time over all
   * processes. Null where there is none: the user has to log in again. Rejects with an `AuthError` (503) where it cannot be told.
   */
  accessToken(session: string): Promise<string | null>
}
