import { refuseUnknownOptions } from '../config-error.js'
import type { IssuerOptions } from '../issuer-options.js'
import { requireHost, requireValues } from './host.js'

/** Which tokens of Clerk are accepted. */
export interface ClerkOptions {
  /** The origins of the apps in which users sign in: `https://app.example`. */
  readonly authorizedParties: string | readonly string[]
  /** The `aud` that a JWT template or a customized session token sets; null if there is none, which is Clerk's default. */
  readonly audience: string | readonly string[] | null
}

/**
 * Gives the options for session tokens of Clerk.
 *
 * - They have no `aud` unless you add one. In its place, `azp` is compared: the origin that the token was made for. Without
 *   that, a token of a page on a sibling subdomain would be accepted.
 * - They live for a minute, and Clerk's script renews them. So clients must ask for one before each request.
 * - Across origins they come in `Authorization`, within one origin in the cookie `__session`. For the cookie, add `tokenFrom:
 *   ['header', { cookie: '__session' }]`.
 * - The role in the active organization is read as a role: `o.rol`, or `org_role` in older tokens. The same role is `admin` in
 *   the first and `org:admin` in the second.
 * - A token of a native app has no `azp`, so it is refused. Give such an app a JWT template with an audience, and write its
 *   options yourself.
 *
 * @param frontendApi the Frontend API's host, `clerk.app.example` or `NAME.clerk.accounts.dev`
 * @throws ConfigError if it is not a host, or if no party is given
 */
export function clerk(frontendApi: string, options: ClerkOptions): IssuerOptions {
  refuseUnknownOptions('clerk', options, { authorizedParties: true, audience: true })
  const { authorizedParties, audience } = options
  const issuer = `https://${requireHost('clerk: frontendApi', frontendApi)}`
  return {
    issuer,
    audience,
    algorithms: ['RS256'],
    jwksUri: `${issuer}/.well-known/jwks.json`,
    rolesFrom: ['o.rol', 'org_role'],
    requiredClaims: { azp: requireValues('clerk: authorizedParties', authorizedParties) },
  }
}
