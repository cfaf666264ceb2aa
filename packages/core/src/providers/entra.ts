import { refuseUnknownOptions, requireList } from '../config-error.js'
import type { IssuerOptions } from '../issuer-options.js'
import { createKeySet, type SharedKeySet } from '../keys/shared-key-set.js'

/** Which tokens of Microsoft Entra ID are accepted. */
export interface EntraOptions {
  /** The tenants' IDs, in lower case. `common` and `organizations` do not work, because no token has them as issuer. */
  readonly tenants: readonly string[]
  /** The API's application (client) ID, which is the `aud` of a version 2 token. */
  readonly audience: string | readonly string[]
}

let shared: SharedKeySet | undefined
const tenantForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Gives the options for access tokens of Microsoft Entra ID, version 2, of one or more tenants. Give the list to
 * `createVerifier` as `issuers`.
 *
 * - Set `requestedAccessTokenVersion` to 2 in the API's manifest. Version 1 tokens have another issuer (`sts.windows.net`) and
 *   the Application ID URI in `aud`, so they are refused here.
 * - All tenants share one key set, which is fetched once. Each key says whose tokens it signs (`issuer`, with `{tenantid}` for
 *   the token's `tid`). This is compared, so a key of one issuer does not verify tokens of another.
 * - A key that was made for one app alone (claims mapping) is not in that set. Such an API needs its own `jwksUri` with
 *   `?appid=`.
 * - If the API and its client are one registration, an ID token has the same `aud`. It has no `scp`, so require a scope.
 * - App roles (`roles`) are read as roles: those of a user, and those of an app that acts for itself, whose token has no `scp`.
 * - Only Microsoft can verify tokens for Microsoft Graph.
 * - Personal accounts are the tenant 9188040d-6c67-4c5b-b112-36a304b66dad.
 *
 * @throws ConfigError for an empty list, or for a tenant that is not an ID in lower case
 */
export function entra(options: EntraOptions): readonly IssuerOptions[] {
  refuseUnknownOptions('entra', options, { tenants: true, audience: true })
  const { audience } = options
  const form = 'takes tenant IDs in lower case, in a list; names, common and organizations are none.'
  const tenants = requireList('entra: tenants', options.tenants, isTenantId, form)
  shared ??= createKeySet({ jwksUri: 'https://login.microsoftonline.com/common/discovery/v2.0/keys' })
  const keys = shared
  return tenants.map((tid) => ({
    issuer: `https://login.microsoftonline.com/${tid}/v2.0`,
    audience,
    algorithms: ['RS256'],
    keys,
    rolesFrom: 'roles',
    requiredClaims: { tid, ver: '2.0' },
  }))
}

function isTenantId(value: unknown): value is string {
  return typeof value === 'string' && tenantForm.test(value)
}
