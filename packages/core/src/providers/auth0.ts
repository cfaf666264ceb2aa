import { ConfigError, refuseUnknownOptions } from '../config-error.js'
import type { IssuerOptions } from '../issuer-options.js'
import { requireHost } from './host.js'

/** Which tokens of Auth0 are accepted. */
export interface Auth0Options {
  /** The API's *Identifier*, from its settings. */
  readonly audience: string | readonly string[]
  /**
   * The API's *JSON Web Token Profile*. With `'rfc9068'`, the tokens must have the `typ` `at+jwt`, as Auth0 then writes it (RFC
   * 9068 §2.1). Default `'auth0'`.
   */
  readonly profile?: 'auth0' | 'rfc9068'
}

/**
 * Gives the options for access tokens of Auth0.
 *
 * - A client that asks without `audience` gets an opaque token, which is `token_malformed` here. Set `audience` in the client,
 *   or set the tenant's default audience.
 * - `aud` also lists the tenant's `/userinfo` if the client asked for `openid`. One audience of yours is enough. The `aud` of
 *   an ID token is the client, so never give the client ID as audience.
 * - With RBAC and *Add Permissions in the Access Token*, tokens have a claim `permissions`, which says what the user may do. It
 *   is read as the scopes. Without it, `scope` is read, which says what the client asked for.
 * - The issuer ends in a slash, which this adds. If clients use a custom domain, give that domain: their tokens name it.
 * - An API that signs with HS256 has a secret in place of keys. Write `issuer`, `audience` and `secret` yourself.
 *
 * @param domain the tenant's domain, `TENANT.eu.auth0.com`, or the custom domain
 * @throws ConfigError if the domain is not a host
 */
export function auth0(domain: string, options: Auth0Options): IssuerOptions {
  refuseUnknownOptions('auth0', options, { audience: true, profile: true })
  const { audience, profile = 'auth0' } = options
  if (profile !== 'auth0' && profile !== 'rfc9068') throw new ConfigError("auth0: profile is 'auth0' or 'rfc9068'.")
  return {
    issuer: `https://${requireHost('auth0: domain', domain)}/`,
    audience,
    algorithms: ['RS256', 'PS256'],
    scopeFrom: ['permissions', 'scope'],
    ...(profile === 'rfc9068' ? { tokenType: 'at+jwt' as const } : {}),
  }
}
