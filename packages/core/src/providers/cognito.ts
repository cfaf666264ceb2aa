import type { IssuerOptions } from '../issuer-options.js'
import { requireList, requireWord } from './host.js'

/** What of an Amazon Cognito user pool is accepted. */
export interface CognitoOptions {
  /** The pool's region: `eu-central-1`. */
  readonly region: string
  /** The pool's ID: `eu-central-1_EXAMPLE`. */
  readonly userPoolId: string
  /** The app clients whose tokens are accepted. */
  readonly clientId: string | readonly string[]
  /** Where clients ask for a resource (resource binding): its identifier, in `aud`. Default: not checked, for there is none. */
  readonly audience?: string | readonly string[]
}

/**
 * Access tokens of an Amazon Cognito user pool.
 *
 * - They have `client_id` where others have `aud`, so that is what must be named here; every app client of the pool can get
 *   tokens otherwise. `aud` is there only where a client asked for a resource.
 * - ID tokens are signed by the same keys; `token_use` tells them apart, and must be `access`.
 * - Groups (`cognito:groups`) are read as roles. Scopes are there for tokens from the hosted pages, not for those of the SDK's sign-in
 *   (`aws.cognito.signin.user.admin` alone).
 *
 * @throws ConfigError for a region or pool that is no name, or no client
 */
export function cognito({ region, userPoolId, clientId, audience }: CognitoOptions): IssuerOptions {
  const host = `cognito-idp.${requireWord('cognito: region', region)}.amazonaws.com`
  const issuer = `https://${host}/${requireWord('cognito: userPoolId', userPoolId)}`
  return {
    issuer,
    audience: audience ?? null,
    algorithms: ['RS256'],
    jwksUri: `${issuer}/.well-known/jwks.json`,
    rolesFrom: 'cognito:groups',
    requiredClaims: { token_use: 'access', client_id: requireList('cognito: clientId', clientId) },
  }
}
