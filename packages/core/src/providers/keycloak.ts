import type { IssuerOptions } from '../issuer-options.js'
import { requireWord } from './host.js'

/** What of a Keycloak realm is accepted. */
export interface KeycloakOptions {
  /** The public URL, as tokens name it, without `/realms/…`; with `/auth` where the server is older than 17 or says so. */
  readonly url: string
  readonly realm: string
  /** What an *Audience* mapper adds to `aud`. */
  readonly audience: string | readonly string[]
  /** Where this process reaches the server, if not at its public URL: `http://keycloak:8080`. Plain http is then named as such. */
  readonly internalUrl?: string
}

/**
 * Access tokens of Keycloak.
 *
 * - Without an *Audience* mapper (in the client's dedicated scope, or a client scope) `aud` is `account` or missing; the
 *   client is never in it by itself.
 * - An ID token is signed by the same keys and typed alike; it says `"typ":"ID"` among its claims, where an access token says
 *   `Bearer`, which is demanded here.
 * - Inside a cluster the server is often reached by another name than tokens give. `internalUrl` fetches the keys there; the
 *   issuer stays the public one. Set the server's `hostname`, or the issuer follows the name each client used.
 * - Roles of the realm (`realm_access.roles`) are read as roles. Those of a client are not, since a token has them of every
 *   client: add yours, `{ ...keycloak(…), rolesFrom: ['realm_access.roles', 'resource_access.api.roles'] }`.
 *
 * @throws ConfigError for a realm that is no name
 */
export function keycloak({ url, realm, audience, internalUrl }: KeycloakOptions): IssuerOptions {
  const path = `/realms/${requireWord('keycloak: realm', realm)}`
  const issuer = `${url.replace(/\/$/, '')}${path}`
  const common = { issuer, audience, requiredClaims: { typ: 'Bearer' }, rolesFrom: 'realm_access.roles' }
  if (internalUrl === undefined) return common
  const jwksUri = `${internalUrl.replace(/\/$/, '')}${path}/protocol/openid-connect/certs`
  if (!internalUrl.startsWith('http:')) return { ...common, jwksUri }
  return { ...common, jwksUri, keySet: { plainHttp: [new URL(internalUrl).host] } }
}
