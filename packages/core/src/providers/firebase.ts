import type { IssuerOptions } from '../issuer-options.js'
import { requireWord } from './host.js'

/**
 * Gives the options for ID tokens of Firebase Authentication (and Google Cloud Identity Platform), which an app sends to its
 * own back end.
 *
 * - The audience is the project. One key set signs for all projects of Firebase, so only issuer and audience tell your project
 *   from others.
 * - A token lives for an hour, and disabling a user does not end it. If that matters, use `isRevoked`, or a check at the route.
 * - Anonymous users have tokens too: see the claim `firebase.sign_in_provider`. With tenants of Identity Platform, the tenant
 *   is in `firebase.tenant`; compare it if you have several.
 * - Session cookies have another issuer, `https://session.firebase.google.com/PROJECT`. Its keys are published only as
 *   certificates, so these cookies cannot be verified here. The emulator's tokens are not signed at all.
 *
 * @param projectId the project's ID, not its number
 * @throws ConfigError if it is not a name
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
