import * as oauth from 'openid-client'
import { redirectUri } from './provider.js'
import { authorize } from './user-agent.js'

/** What a client asks for: the API it wants to call (RFC 8707), and the scopes. */
export interface TokenRequest {
  readonly resource: string
  readonly scope?: string
}

const onLoopback = { execute: [oauth.allowInsecureRequests] }

/** An access token for the machine itself (RFC 6749 §4.4). */
export async function machineToken(issuer: string, { resource, scope = '' }: TokenRequest): Promise<string> {
  const secret = 'a secret between the machine and its provider'
  const config = await oauth.discovery(new URL(issuer), 'machine', secret, undefined, onLoopback)
  const { access_token } = await oauth.clientCredentialsGrant(config, { resource, scope })
  return access_token
}

/** An access token for a user who logs in and consents: authorization code with PKCE (RFC 7636). */
export async function userToken(issuer: string, account: string, request: TokenRequest): Promise<string> {
  const config = await oauth.discovery(new URL(issuer), 'app', undefined, oauth.None(), onLoopback)
  const pkceCodeVerifier = oauth.randomPKCECodeVerifier()
  const expectedState = oauth.randomState()
  const start = oauth.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    resource: request.resource,
    scope: `openid ${request.scope ?? ''}`.trim(),
    code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
  })
  const back = await authorize(start, redirectUri, { account, consent: 'yes' })
  const checks = { pkceCodeVerifier, expectedState, idTokenExpected: true }
  const { access_token } = await oauth.authorizationCodeGrant(config, back, checks, { resource: request.resource })
  return access_token
}
