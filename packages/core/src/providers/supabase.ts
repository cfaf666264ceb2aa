import { refuseUnknownOptions } from '../config-error.js'
import type { IssuerOptions } from '../issuer-options.js'
import { requireHost } from './host.js'

/** Whose users are accepted. */
export interface SupabaseOptions {
  /** The audience. Default `authenticated`, which the token of every signed-in user has. */
  readonly audience?: string | readonly string[]
}

/**
 * Gives the options for access tokens of Supabase Auth.
 *
 * - The project must use signing keys (ES256 or RS256). With the legacy JWT secret, no key is published: write `issuer`,
 *   `audience: 'authenticated'` and `secret` yourself. Whoever has that secret can make a token for any user.
 * - `aud` is the same in every project. Only the issuer tells your project from others.
 * - Anonymous sign-ins have the audience `authenticated` too, and `is_anonymous: true`. The keys `anon` and `service_role` are
 *   tokens of another issuer, so they are refused.
 * - Users can write `user_metadata` themselves. Decide by `app_metadata`, `role` or your own tables.
 *
 * @param domain the project's domain, `REF.supabase.co`, or the custom domain
 * @throws ConfigError if the domain is not a host
 */
export function supabase(domain: string, options: SupabaseOptions = {}): IssuerOptions {
  refuseUnknownOptions('supabase', options, { audience: true })
  const { audience = 'authenticated' } = options
  const issuer = `https://${requireHost('supabase: domain', domain)}/auth/v1`
  return {
    issuer,
    audience,
    algorithms: ['ES256', 'RS256'],
    jwksUri: `${issuer}/.well-known/jwks.json`,
    requiredClaims: { role: 'authenticated' },
  }
}
