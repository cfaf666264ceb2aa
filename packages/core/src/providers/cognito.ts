import { refuseUnknownOptions } from '../config-error.js'
import type { IssuerOptions } from '../issuer-options.js'
import { requireValues, requireWord } from './host.js'

/** Which tokens of an Amazon Cognito user pool are accepted. */
export interface CognitoOptions {
  /** The pool's region: `eu-central-1`. */
  readonly region: string
  /** The pool's ID: `eu-central-1_EXAMPLE`. */
  readonly userPoolId: string
  /** The app clients whose tokens are accepted. */
  readonly clientId: string | readonly string[]
  /**
   * The resource's identifier in `aud`, if clients ask for one (resource binding). Default: not checked, because there is no
   * `aud`.
   */
  readonly audience?: string | readonly string[]
}

/**
 * Gives the options for access tokens of an Amazon Cognito user pool.
 *
 * - They have `client_id` in place of `aud`, so you must name the clients here. Without that, tokens of every app client of the
 *   pool would be accepted. They have `aud` only if the client asked for a resource.
 * - ID tokens are signed with the same keys. `token_use` tells them apart: it must be `access`.
 * - Groups (`cognito:groups`) are read as roles. Tokens from the hosted pages have scopes. Tokens from a sign-in with the SDK
 *   have only `aws.cognito.signin.user.admin`.
 *
 * @throws ConfigError if the region or the pool is not a name, or if no client is given
 */
export function cognito(options: CognitoOptions): IssuerOptions {
  refuseUnknownOptions('cognito', options, { region: true, userPoolId: true, clientId: true, audience: true })
  const { region, userPoolId, clientId, audience } = options
  const host = `cognito-idp.${requireWord('cognito: region', region)}.amazonaws.com`
  const issuer = `https://${host}/${requireWord('cognito: userPoolId', userPoolId)}`
  return {
    issuer,
    audience: audience ?? null,
    algorithms: ['RS256'],
    jwksUri: `${issuer}/.well-known/jwks.json`,
    rolesFrom: 'cognito:groups',
    requiredClaims: { token_use: 'access', client_id: requireValues('cognito: clientId', clientId) },
  }
}
