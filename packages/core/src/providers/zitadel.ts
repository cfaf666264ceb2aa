import { refuseUnknownOptions } from '../config-error.js'
import type { IssuerOptions } from '../issuer-options.js'
import { requireHost } from './host.js'

/** Which of ZITADEL's tokens are accepted. */
export interface ZitadelOptions {
  /** The project's ID. */
  readonly audience: string | readonly string[]
}

/**
 * Gives the options for access tokens of ZITADEL.
 *
 * - They are opaque unless the application's *Auth Token Type* is JWT (for a service user: its *Access Token Type*).
 * - A client of another project must ask for the scope `urn:zitadel:iam:org:project:id:PROJECT:aud`. Without it, your project
 *   is not in `aud`.
 * - An ID token also lists the project in `aud`, beside the client, and is signed with the same keys. It has no scope, so a
 *   guard that requires a scope refuses it.
 * - Roles are members of an object, `urn:zitadel:iam:org:project:roles`, and not a list. Compare them in a `check` of your own.
 *
 * @param domain the instance's domain
 * @throws ConfigError if the domain is not a host
 */
export function zitadel(domain: string, options: ZitadelOptions): IssuerOptions {
  refuseUnknownOptions('zitadel', options, { audience: true })
  const { audience } = options
  return { issuer: `https://${requireHost('zitadel: domain', domain)}`, audience }
}
