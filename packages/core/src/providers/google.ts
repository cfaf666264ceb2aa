import { refuseUnknownOptions } from '../config-error.js'
import type { IssuerOptions } from '../issuer-options.js'
import { requireValues } from './host.js'

/** Which of Google's ID tokens are accepted. */
export interface GoogleOptions {
  /** The OAuth client IDs with which users sign in. For a service account's token: the audience that was asked for. */
  readonly audience: string | readonly string[]
  /**
   * The primary domains of the Workspace or Cloud organizations whose accounts are accepted (`hd`). Default: any Google
   * account.
   */
  readonly hostedDomain?: string | readonly string[]
}

/**
 * Gives the options for ID tokens of Google: of Sign in with Google, and of service accounts (Cloud Run, Cloud Scheduler,
 * Pub/Sub push).
 *
 * - Google's access tokens are opaque, so they are `token_malformed` here. An ID token is good for one hour and cannot be
 *   revoked.
 * - Anybody can have a Google account, and any project can ask for a service account's token with any audience. So decide by
 *   `sub`, `hd` or `email` (only with `email_verified`), never by the domain of the mail address alone.
 * - Old libraries may still send tokens whose `iss` is `accounts.google.com`, without a scheme. They are refused here.
 *
 * @throws ConfigError if `hostedDomain` is an empty list or not a text
 */
export function google(options: GoogleOptions): IssuerOptions {
  refuseUnknownOptions('google', options, { audience: true, hostedDomain: true })
  const { audience, hostedDomain } = options
  return {
    issuer: 'https://accounts.google.com',
    audience,
    algorithms: ['RS256'],
    jwksUri: 'https://www.googleapis.com/oauth2/v3/certs',
    ...(hostedDomain === undefined
      ? {}
      : { requiredClaims: { hd: requireValues('google: hostedDomain', hostedDomain) } }),
  }
}
