import { setTimeout as pause } from 'node:timers/promises'
import { AuthError, ConfigError, type DeniedEvent, memoryReplayStore } from '@latchkey/core'
import {
  createEmit,
  type Emit,
  emitDenied,
  isFilledText,
  isSecureUrl,
  refuseUnknownOptions,
  systemClock,
} from '@latchkey/core/adapter'
import type { SessionVerb } from '@latchkey/session'
import { type ClientAuth, ClientSecretBasic } from 'openid-client'
import { createBackChannelLogOut } from './back-channel-log-out.js'
import { createCallback } from './callback.js'
import { createLogIn } from './log-in.js'
import { createLogInIndex } from './log-in-index.js'
import { createLogOut } from './log-out.js'
import { createVerifyLogoutToken } from './logout-token.js'
import type { OidcLogin, OidcLoginOptions } from './oidc-login-options.js'
import { createPendingLogIns } from './pending-log-in.js'
import { createProvider } from './provider.js'
import { createSealer } from './sealer.js'
import { createUpstreamTokens } from './upstream-tokens.js'

const optionNames: Readonly<Record<keyof OidcLoginOptions, true>> = {
  issuer: true,
  clientId: true,
  clientSecret: true,
  clientAuth: true,
  redirectUri: true,
  postLogoutRedirectUri: true,
  scope: true,
  parameters: true,
  secrets: true,
  sessions: true,
  onLogin: true,
  keepTokens: true,
  replay: true,
  onEvent: true,
  clock: true,
  fetch: true,
}

/**
 * Makes the log-in with an OpenID provider, into sessions of your own: authorization code with PKCE, state and nonce (OpenID
 * Connect Core §3.1), log-out here and at the provider, and the provider's back-channel log-out.
 *
 * @throws ConfigError if an option is missing, unknown, contradictory or unsafe
 */
export function oidcLogin(options: OidcLoginOptions): OidcLogin {
  refuseUnknownOptions('oidcLogin', options, optionNames)
  const { issuer, clientId, redirectUri, sessions, onLogin, fetch, clock = systemClock } = options
  requireUrls(options)
  if (!isFilledText(clientId))
    throw new ConfigError('oidcLogin: clientId is missing. Give the one that the provider shows for your app.')
  if (typeof onLogin !== 'function')
    throw new ConfigError('oidcLogin: onLogin must be a function that gives the log-in.')
  if (typeof sessions?.start !== 'function') {
    throw new ConfigError(
      'oidcLogin: sessions is missing. Make it with createSessions. If you have a promise of it, await it.',
    )
  }
  if (sessions.delivery === 'body') {
    throw new ConfigError("oidcLogin: sessions need delivery 'cookie', since the browser that comes back is sent on.")
  }
  const sealer = createSealer(options.secrets)
  const provider = createProvider({ issuer, clientId, clientAuth: clientAuthOf(options), fetch })
  const pending = createPendingLogIns(sealer, clock)
  const replay = options.replay ?? memoryReplayStore()
  const index = createLogInIndex(sessions.store, `log-ins of ${clientId} at ${issuer}`, sessions.absoluteTtl)
  const families = sessions.store.familiesOf(sessions.issuer)
  const upstream = createUpstreamTokens({ issuer, families, sealer, provider, clock, pause })
  const emit = createEmit(options.onEvent)
  const { scope, parameters, postLogoutRedirectUri } = options
  const kept = options.keepTokens === true ? upstream : undefined
  return {
    logIn: reporting(emit, createLogIn({ provider, pending, redirectUri, scope, parameters })),
    callback: reporting(
      emit,
      createCallback({
        issuer,
        redirectUri,
        provider,
        pending,
        replay,
        sessions,
        onLogin,
        index,
        clock,
        upstream: kept,
      }),
    ),
    logOut: reporting(emit, createLogOut({ provider, sessions, upstream: kept, clientId, postLogoutRedirectUri })),
    backChannelLogOut: reporting(
      emit,
      createBackChannelLogOut({
        verifyLogoutToken: createVerifyLogoutToken({ issuer, clientId, replay, clock, fetch }),
        index,
        sessions,
      }),
    ),
    accessToken: upstream.accessToken,
  }
}

/** Wraps a verb so that it reports each refusal. */
function reporting(emit: Emit<DeniedEvent>, verb: SessionVerb): SessionVerb {
  return async (view, readForm) => {
    try {
      return await verb(view, readForm)
    } catch (error) {
      if (error instanceof AuthError) emitDenied(emit, error)
      throw error
    }
  }
}

function clientAuthOf({ clientSecret, clientAuth }: OidcLoginOptions): ClientAuth {
  if ((clientSecret === undefined) === (clientAuth === undefined)) {
    throw new ConfigError(
      'oidcLogin: give either clientSecret or clientAuth; None() of openid-client for a public client.',
    )
  }
  if (clientAuth !== undefined) return clientAuth
  if (!isFilledText(clientSecret))
    throw new ConfigError('oidcLogin: clientSecret is empty. Give the one that the provider shows for your app.')
  return ClientSecretBasic(clientSecret)
}

function requireUrls({ issuer, redirectUri, postLogoutRedirectUri }: OidcLoginOptions): void {
  for (const [name, url] of Object.entries({ issuer, redirectUri, postLogoutRedirectUri })) {
    if (url === undefined && name === 'postLogoutRedirectUri') continue
    if (!isSecureUrl(url, { onLoopback: true, hosts: [] }))
      throw new ConfigError(`oidcLogin: ${name} must be an https URL (http only on loopback).`)
  }
  if (/[?#]/.test(redirectUri)) throw new ConfigError('oidcLogin: redirectUri takes no query and no fragment.')
}
