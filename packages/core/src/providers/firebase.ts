import type { IssuerOptions } from '../issuer-options.js'
import { requireWord } from './host.js'

/**
 * ID tokens of Firebase Authentication (and Google Cloud Identity Platform), which an app sends to its own back end.
 *
 * - The audience is the project: one key set signs for all of Firebase's projects, so issuer and audience are what tells
 *   yours from anybody's.
 * - A token lives for an hour, and disabling a user does not end it: `isRevoked`, or a check at the route, if that matters.
 * - Anonymous users have tokens too: see the claim `firebase.sign_in_provider`. With Identity Platform's tenants, the tenant
 *   is in `firebase.tenant`; look at it where you have several.
 * - Session cookies come from another issuer, `https://session.firebase.google.com/PROJECT`, with keys that are published as
 *   certificates only: they cannot be verified here. The emulator's tokens are not signed at all.
 *
 * @param projectId the project's ID, not its number
 * @throws ConfigError where it is no name
 */
export function firebase(projectId: string): IssuerOptions {
  const audience = requireWord('firebase: projectId', projectId)
  return {
    issuer: `https://securetoken.google.com/${audience}`,
    audience,
    algorithms: ['RS256'],
    jwksUri: 'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com',
  }
}
