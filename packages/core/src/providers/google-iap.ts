import { refuseUnknownOptions } from '../config-error.js'
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
 * Gives the options for the assertion of Google Cloud's Identity-Aware Proxy, in the field `x-goog-iap-jwt-assertion`. Spread
 * them into `createVerifier`.
 *
 * - One key set signs for all customers. Only the audience, with your project's number, tells your resource from others.
 * - IAP removes `x-goog-*` fields that a client sent, but only from requests that go through it. The fields
 *   `x-goog-authenticated-user-…` are not signed: never use them.
 * - Health checks come without the assertion, so leave their path unguarded.
 * - The user is in `sub` (stable) and `email`; with external identities, in `gcip`.
 * - IAP adds the field to every request of a browser, so the cross-origin check applies to methods other than GET, HEAD and
 *   OPTIONS.
 *
 * @throws ConfigError for an unknown option
 */
export function googleIap(options: GoogleIapOptions): IssuerOptions & { readonly tokenFrom: readonly TokenSource[] } {
  refuseUnknownOptions('googleIap', options, { audience: true })
  const { audience } = options
  return {
    issuer: 'https://cloud.google.com/iap',
    audience,
    algorithms: ['ES256'],
    jwksUri: 'https://www.gstatic.com/iap/verify/public_key-jwk',
    tokenFrom: [{ header: 'x-goog-iap-jwt-assertion' }],
  }
}
