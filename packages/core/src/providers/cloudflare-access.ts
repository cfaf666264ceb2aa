import type { IssuerOptions } from '../issuer-options.js'
import type { TokenSource } from '../token-source/token-source.js'
import { requireWord } from './host.js'

/** Which application behind Cloudflare Access this is. */
export interface CloudflareAccessOptions {
  /** The team's name: `TEAM` of `TEAM.cloudflareaccess.com`. */
  readonly team: string
  /** The application's *AUD tag*; several where several applications lead here. */
  readonly audience: string | readonly string[]
}

/**
 * The assertion of Cloudflare Access, in the field `Cf-Access-Jwt-Assertion`: spread it into `createVerifier`.
 *
 * - One key set signs for all applications of a team: the AUD tag is what tells them apart.
 * - Cloudflare fills the field and drops what a client sent, so requests must reach the app through Cloudflare alone
 *   (a tunnel, or its addresses). The assertion is verified here whoever sent it.
 * - The same token is in the cookie `CF_Authorization`, which is not always sent on. The field is what Cloudflare recommends.
 * - A service token's assertion has `common_name` and an empty `sub`: an identity without a user.
 * - It counts as sent by a browser by itself: other methods than GET must come from a trusted origin.
 *
 * @throws ConfigError where the team is no name
 */
export function cloudflareAccess({
  team,
  audience,
}: CloudflareAccessOptions): IssuerOptions & { readonly tokenFrom: readonly TokenSource[] } {
  const issuer = `https://${requireWord('cloudflareAccess: team', team)}.cloudflareaccess.com`
  return {
    issuer,
    audience,
    algorithms: ['RS256'],
    jwksUri: `${issuer}/cdn-cgi/access/certs`,
    tokenFrom: [{ header: 'cf-access-jwt-assertion' }],
  }
}
