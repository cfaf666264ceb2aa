import { ConfigError } from '../config-error.js'
import type { IssuerOptions } from '../issuer-options.js'
import { createKeySet, type SharedKeySet } from '../keys/shared-key-set.js'

/** What of Microsoft Entra ID is accepted. */
export interface EntraOptions {
  /** The tenants' IDs. `common` and `organizations` are the issuer of no token. */
  readonly tenants: readonly string[]
  /** The API's application (client) ID: `aud` of a version 2 token. */
  readonly audience: string | readonly string[]
}

let shared: SharedKeySet | undefined
const tenantId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Access tokens of Microsoft Entra ID, version 2, of one tenant or several: give the list as `issuers`.
 *
 * - Set `requestedAccessTokenVersion` to 2 in the API's manifest. Version 1 tokens come from `sts.windows.net` and name the
 *   Application ID URI in `aud`; both are refused here.
 * - All tenants share one key set, fetched once. Its keys say whose tokens they sign (`issuer`, with `{tenantid}` for the
 *   token's `tid`), which is compared: a key of one tenant's template verifies nobody else's tokens.
 * - A key made for one app alone (claims mapping) is not in that set; such an API needs its own `jwksUri` with `?appid=`.
 * - Where the API and its client are one registration, an ID token has the same `aud`. It has no `scp`: ask for a scope.
 * - App roles (`roles`) are read as roles: a user's, and those of an app by itself, whose token has no `scp`. Tokens for Microsoft Graph cannot be verified by anybody else.
 * - Personal accounts are the tenant 9188040d-6c67-4c5b-b112-36a304b66dad.
 *
 * @throws ConfigError for an empty list, or a tenant that is no ID in lower case
 */
export function entra({ tenants, audience }: EntraOptions): readonly IssuerOptions[] {
  if (!Array.isArray(tenants) || tenants.length === 0 || !tenants.every((each) => tenantId.test(each))) {
    throw new ConfigError(
      'entra: tenants takes a list of tenant IDs in lower case; names, common and organizations are none.',
    )
  }
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
