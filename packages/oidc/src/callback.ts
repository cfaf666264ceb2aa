import { AuthError, type Clock, type ReplayStore } from '@latchkey/core'
import type { RequestView } from '@latchkey/core/adapter'
import type { Sessions, SessionVerb } from '@latchkey/session'
import {
  AuthorizationResponseError,
  authorizationCodeGrant,
  ClientError,
  type IDToken,
  ResponseBodyError,
  type TokenEndpointResponse,
} from 'openid-client'
import { queryOf } from './answers.js'
import type { LogInIndex } from './log-in-index.js'
import type { OnLogin } from './oidc-login-options.js'
import type { PendingLogIn, PendingLogIns } from './pending-log-in.js'
import { type Provider, providerUnavailable } from './provider.js'
import { tokensOf, type UpstreamTokens } from './upstream-tokens.js'
import { burn, idOf } from './used-once.js'

/** What `createCallback` needs. */
export interface CallbackContext {
  readonly issuer: string
  readonly redirectUri: string
  readonly provider: Provider
  readonly pending: PendingLogIns
  readonly replay: ReplayStore
  readonly sessions: Sessions<object>
  readonly onLogin: OnLogin
  readonly index: LogInIndex
  readonly clock: Clock
  /** Undefined: the provider's tokens are not kept. */
  readonly upstream: UpstreamTokens | undefined
}

/**
 * Makes the verb to which the provider sends the browser back. It takes these steps, in this order:
 *
 * 1. Check that this browser has started this log-in, at most ten minutes ago, and that it was not used yet. Else send nothing
 *    to anybody.
 * 2. Check that the provider's answer is for us (`iss`, RFC 9207), and exchange its code for tokens (PKCE, RFC 7636).
 * 3. Check the ID token: signature, issuer, audience, times, nonce (OpenID Connect Core §3.1.3.7).
 * 4. Ask the app which session to start.
 * 5. Start the session, store its entry for the provider's log-out and the provider's tokens, and only then answer the browser.
 *    If the provider's log-out came after step 3, end the session again.
 */
export function createCallback(context: CallbackContext): SessionVerb {
  const { issuer, provider, pending, sessions, onLogin, index, clock, upstream } = context

  return async (view) => {
    const query = queryOf(view)
    const begun = await beginning(view, query, context)
    const { response, claims } = await exchange(query, begun, context)
    const tokens = tokensOf(response, clock())
    const underWay = await index.begin({ sub: claims.sub, sid: textOf(claims['sid']) })
    const login = await onLogin({ claims, tokens, view })
    if (login === null) throw new AuthError('access_denied', { reason: 'log_in_refused', issuer })
    const answer = await sessions.start(view, login, { redirect: begun.returnTo })
    const session = await sessionOf(answer.cookies[0]?.value ?? '')
    if (session === undefined || !(await underWay.finish({ session, sub: login.sub }))) {
      if (session !== undefined) await sessions.endOne(session)
      throw new AuthError('request_malformed', { reason: 'log_in_refused', issuer })
    }
    await upstream?.keep(session, tokens)
    return { ...answer, cookies: [...answer.cookies, pending.clear(begun.state)] }
  }

  /**
   * Gives the id of the session from its access token, which is the first of the cookies; undefined if a log-out has ended the
   * session already.
   */
  async function sessionOf(accessToken: string): Promise<string | undefined> {
    try {
      const { claims } = await sessions.verifier.verify(accessToken)
      return String((claims as { sid?: unknown }).sid)
    } catch (error) {
      if (error instanceof AuthError && error.code === 'token_rejected') return undefined
      throw error
    }
  }

  async function exchange(
    query: string,
    { verifier, state, nonce }: PendingLogIn,
    { redirectUri }: CallbackContext,
  ): Promise<{ response: TokenEndpointResponse; claims: IDToken }> {
    const config = await provider()
    try {
      // The registered URL, and not that of the request, which a proxy may have changed.
      const response = await authorizationCodeGrant(config, new URL(redirectUri + query), {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      })
      const claims = response.claims()
      if (claims === undefined) throw new AuthError('request_malformed', { reason: 'log_in_refused', issuer })
      return { response, claims }
    } catch (error) {
      throw failureOf(error, issuer)
    }
  }
}

async function beginning(
  view: RequestView,
  query: string,
  { pending, replay, clock }: CallbackContext,
): Promise<PendingLogIn> {
  const [state = '', another] = new URLSearchParams(query).getAll('state')
  const begun = another === undefined ? await pending.find(view, state) : undefined
  if (begun === undefined) throw new AuthError('request_malformed', { reason: 'log_in_unknown' })
  const isFirst = await burn(replay, await idOf('log-in', state), begun.until, clock())
  if (!isFirst) throw new AuthError('request_malformed', { reason: 'log_in_unknown' })
  return begun
}

const unreachable: readonly unknown[] = [
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
]

/**
 * Turns an error into the refusal: 400 if the provider or the browser has refused; 503 if the provider does not work or does
 * not accept our own credentials.
 */
function failureOf(error: unknown, issuer: string): unknown {
  if (error instanceof AuthError) return error
  const refused = new AuthError('request_malformed', { reason: 'log_in_refused', issuer })
  if (error instanceof AuthorizationResponseError) return refused
  if (error instanceof ResponseBodyError) return error.error === 'invalid_grant' ? refused : providerUnavailable(issuer)
  if (error instanceof ClientError && !unreachable.includes(error.code)) return refused
  return providerUnavailable(issuer)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
