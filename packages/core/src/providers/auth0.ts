import type { IssuerOptions } from '../issuer-options.js'
import { requireHost } from './host.js'

/** What of Auth0 is accepted. */
export interface Auth0Options {
  /** The API's *Identifier*, from its settings. */
  readonly audience: string | readonly string[]
  /** `rfc9068` where the API's *JSON Web Token Profile* is that: its tokens say `at+jwt`, which is then demanded. Default: `auth0`. */
  readonly profile?: 'auth0' | 'rfc9068'
}

/**
 * Access tokens of Auth0.
 *
 * - A client that asks without `audience` gets an opaque token: `token_malformed` here. Set it in the client, or set the
 *   tenant's default audience.
 * - `aud` also lists the tenant's `/userinfo` where `openid` was asked for; one of ours is enough. An ID token's `aud` is the
 *   client: never give the client ID as audience.
 * - With RBAC and *Add Permissions in the Access Token* there is a claim `permissions`, which is what the user may do. Where it
 *   is there, it is read as the scopes; `scope`, which is what the client asked for, where it is not.
 * - The issuer ends in a slash. With a custom domain, give that domain: tokens asked for there name it.
 * - An API that signs with HS256 has a secret in place of keys: use `issuer`, `audience` and `secret` yourself.
 *
 * @param domain the tenant's domain, `TENANT.eu.auth0.com`, or the custom one
 * @throws ConfigError where it is no host
 */
export function auth0(domain: string, { audience, profile = 'auth0' }: Auth0Options): IssuerOptions {
  return {
    issuer: `https://${requireHost('auth0: domain', domain)}/`,
    audience,
    algorithms: ['RS256', 'PS256'],
    scopeFrom: ['permissions', 'scope'],
    ...(profile === 'rfc9068' ? { tokenType: 'at+jwt' as const } : {}),
  }
}
