import type { IssuerOptions } from '../issuer-options.js'
import { requireHost } from './host.js'

/** Whose users are accepted. */
export interface SupabaseOptions {
  /** Default `authenticated`, which every signed-in user's token has. */
  readonly audience?: string | readonly string[]
}

/**
 * Access tokens of Supabase Auth.
 *
 * - The project must use signing keys (ES256 or RS256). With the legacy JWT secret nothing is published: give `issuer`,
 *   `audience: 'authenticated'` and `secret` yourself, and know that whoever has that secret can be anybody.
 * - `aud` says the same in every project; the issuer is what tells yours from others.
 * - Anonymous sign-ins have the audience `authenticated` too, and `is_anonymous: true`. The keys `anon` and `service_role`
 *   are tokens of another issuer and are refused.
 * - `user_metadata` is written by the user. Decide by `app_metadata`, `role` or your own tables.
 *
 * @param domain the project's domain, `REF.supabase.co`, or the custom one
 * @throws ConfigError where it is no host
 */
export function supabase(domain: string, { audience = 'authenticated' }: SupabaseOptions = {}): IssuerOptions {
  const issuer = `https://${requireHost('supabase: domain', domain)}/auth/v1`
  return {
    issuer,
    audience,
    algorithms: ['ES256', 'RS256'],
    jwksUri: `${issuer}/.well-known/jwks.json`,
    requiredClaims: { role: 'authenticated' },
  }
}
