import type { IssuerOptions } from '../issuer-options.js'
import type { TokenSource } from '../token-source/token-source.js'

/** Which resource behind Google's Identity-Aware Proxy this is. */
export interface GoogleIapOptions {
  /**
   * The *signed header JWT audience*: `/projects/NUMBER/global/backendServices/ID`, or `/projects/NUMBER/apps/PROJECT` with
   * App Engine.
   */
  readonly audience: string | readonly string[]
}

/**
 * The assertion of Google Cloud's Identity-Aware Proxy, in the field `x-goog-iap-jwt-assertion`: spread it into `createVerifier`.
 *
 * - One key set signs for everybody's resources: the audience, with your project's number, is what tells them apart.
 * - IAP strips `x-goog-*` fields that a client sent, but only where requests go through it. The fields
 *   `x-goog-authenticated-user-…` are not signed: never use them.
 * - Health checks come without the assertion: leave their path unguarded.
 * - Users are in `sub` (stable) and `email`; with external identities in `gcip`.
 * - It counts as sent by a browser by itself: other methods than GET must come from a trusted origin.
 */
export function googleIap({
  audience,
}: GoogleIapOptions): IssuerOptions & { readonly tokenFrom: readonly TokenSource[] } {
  return {
    issuer: 'https://cloud.google.com/iap',
    audience,
    algorithms: ['ES256'],
    jwksUri: 'https://www.gstatic.com/iap/verify/public_key-jwk',
    tokenFrom: [{ header: 'x-goog-iap-jwt-assertion' }],
  }
}
