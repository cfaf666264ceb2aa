import type { IssuerOptions } from '../issuer-options.js'
import { requireList } from './host.js'

/** Which of Google's ID tokens are accepted. */
export interface GoogleOptions {
  /** The OAuth client IDs that users sign in with; for a service account's token, what it was asked for. */
  readonly audience: string | readonly string[]
  /** Workspace or Cloud organizations whose accounts are accepted, by their primary domain. Default: any Google account. */
  readonly hostedDomain?: string | readonly string[]
}

/**
 * ID tokens of Google: of Sign in with Google, and of service accounts (Cloud Run, Cloud Scheduler, Pub/Sub push).
 *
 * - Google's access tokens are opaque: `token_malformed` here. An ID token is good for one hour and cannot be revoked.
 * - Anybody can have a Google account, and any project can ask for a service account's token with any audience. Whom you let
 *   in is decided by `sub`, `hd` or `email` (only with `email_verified`), never by the mail's domain alone.
 * - Old libraries may still send tokens whose `iss` is `accounts.google.com`, without a scheme: refused here.
 */
export function google({ audience, hostedDomain }: GoogleOptions): IssuerOptions {
  return {
    issuer: 'https://accounts.google.com',
    audience,
    algorithms: ['RS256'],
    jwksUri: 'https://www.googleapis.com/oauth2/v3/certs',
    ...(hostedDomain === undefined
      ? {}
      : { requiredClaims: { hd: requireList('google: hostedDomain', hostedDomain) } }),
  }
}
