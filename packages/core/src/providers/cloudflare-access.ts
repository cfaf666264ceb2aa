import { refuseUnknownOptions } from '../config-error.js'
import type { IssuerOptions } from '../issuer-options.js'
import type { TokenSource } from '../token-source/token-source.js'
import { requireWord } from './host.js'

/** Which application behind Cloudflare Access this is. */
export interface CloudflareAccessOptions {
  /** The team's name: `TEAM` of `TEAM.cloudflareaccess.com`. */
  readonly team: string
  /** The application's *AUD tag*, or several if several applications lead here. */
  readonly audience: string | readonly string[]
}

/**
 * Gives the options for the assertion of Cloudflare Access, in the field `Cf-Access-Jwt-Assertion`. Spread them into
 * `createVerifier`.
 *
 * - One key set signs for all applications of a team. The AUD tag tells them apart.
 * - Cloudflare fills the field and removes what a client sent. So let requests reach the app only through Cloudflare (a tunnel,
 *   or its addresses). The assertion is verified here, whoever sent it.
 * - The same token is in the cookie `CF_Authorization`, which does not always reach the app. Cloudflare recommends the field.
 * - The assertion of a service token has `common_name` and an empty `sub`: it is an identity without a user.
 * - Cloudflare adds the field to every request of a browser, so the cross-origin check applies to methods other than GET, HEAD
 *   and OPTIONS.
 *
 * @throws ConfigError if the team is not a name
 */
export function cloudflareAccess(
  options: CloudflareAccessOptions,
): IssuerOptions & { readonly tokenFrom: readonly TokenSource[] } {
  refuseUnknownOptions('cloudflareAccess', options, { team: true, audience: true })
  const { team, audience } = options
  const issuer = `https://${requireWord('cloudflareAccess: team', team)}.cloudflareaccess.com`
  return {
    issuer,
    audience,
    algorithms: ['RS256'],
    jwksUri: `${issuer}/cdn-cgi/access/certs`,
    tokenFrom: [{ header: 'cf-access-jwt-assertion' }],
  }
}
