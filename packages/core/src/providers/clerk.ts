import type { IssuerOptions } from '../issuer-options.js'
import { requireHost, requireList } from './host.js'

/** Which of Clerk's tokens are accepted. */
export interface ClerkOptions {
  /** Origins of the apps that users sign in at: `https://app.example`. */
  readonly authorizedParties: string | readonly string[]
  /** What a JWT template or customized session token puts into `aud`; null where there is none, as by default. */
  readonly audience: string | readonly string[] | null
}

/**
 * Session tokens of Clerk.
 *
 * - They have no `aud` unless you add one. What stands in for it is `azp`, the origin that the token was made at: without
 *   comparing it, a token made by a page on a sibling subdomain would do.
 * - They live for a minute and are renewed by Clerk's script, so clients must ask for one before each request.
 * - They come in the `Authorization` field across origins, in the cookie `__session` within one; for that add
 *   `tokenFrom: ['header', { cookie: '__session' }]`.
 * - The role in the active organization (`o.rol`, in older tokens `org_role`) is read as a role: `admin` in the one is
 *   `org:admin` in the other.
 * - A token of a native app has no `azp`, so it is refused: give such an app a JWT template with an audience.
 *
 * @param frontendApi the Frontend API's host, `clerk.app.example` or `NAME.clerk.accounts.dev`
 * @throws ConfigError where it is no host, or no party is given
 */
export function clerk(frontendApi: string, { authorizedParties, audience }: ClerkOptions): IssuerOptions {
  const issuer = `https://${requireHost('clerk: frontendApi', frontendApi)}`
  return {
    issuer,
    audience,
    algorithms: ['RS256'],
    jwksUri: `${issuer}/.well-known/jwks.json`,
    rolesFrom: ['o.rol', 'org_role'],
    requiredClaims: { azp: requireList('clerk: authorizedParties', authorizedParties) },
  }
}
