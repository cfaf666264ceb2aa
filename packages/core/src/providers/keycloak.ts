import { refuseUnknownOptions } from '../config-error.js'
import type { IssuerOptions } from '../issuer-options.js'
import { requireBase, requireWord } from './host.js'

/** Which tokens of a Keycloak realm are accepted. */
export interface KeycloakOptions {
  /**
   * The server's public URL, as tokens name it, without `/realms/…`. Add `/auth` if the server is older than version 17 or is
   * configured with that path.
   */
  readonly url: string
  /** The realm's name. */
  readonly realm: string
  /** The audience that an *Audience* mapper adds to `aud`. */
  readonly audience: string | readonly string[]
  /**
   * The URL at which this process reaches the server, e.g. `http://keycloak:8080`. Its host is then allowed for plain http.
   * Default: `url`.
   */
  readonly internalUrl?: string
}

/**
 * Gives the options for access tokens of Keycloak.
 *
 * - Without an *Audience* mapper (in the client's dedicated scope, or in a client scope), `aud` is `account` or missing.
 *   Keycloak does not add the client by itself.
 * - ID tokens are signed with the same keys and have the same header. Their claim `typ` is `ID`; that of an access token is
 *   `Bearer`, which is required here.
 * - Inside a cluster, the server often has another name than in the tokens. With `internalUrl`, the keys are fetched there, and
 *   the issuer stays the public one. Set the server's `hostname`; without it, the issuer is whatever name a client used.
 * - The roles of the realm (`realm_access.roles`) are read as roles. Those of a client are not, because a token has those of
 *   all clients. Add yours: `{ ...keycloak(…), rolesFrom: ['realm_access.roles', 'resource_access.api.roles'] }`.
 *
 * @throws ConfigError if the realm is not a name, or if a URL is neither http nor https
 */
export function keycloak(options: KeycloakOptions): IssuerOptions {
  refuseUnknownOptions('keycloak', options, { url: true, realm: true, audience: true, internalUrl: true })
  const { url, realm, audience, internalUrl } = options
  const path = `/realms/${requireWord('keycloak: realm', realm)}`
  const issuer = `${requireBase('keycloak: url', url)}${path}`
  const common = { issuer, audience, requiredClaims: { typ: 'Bearer' }, rolesFrom: 'realm_access.roles' }
  if (internalUrl === undefined) return common
  const jwksUri = `${requireBase('keycloak: internalUrl', internalUrl)}${path}/protocol/openid-connect/certs`
  if (!internalUrl.startsWith('http:')) return { ...common, jwksUri }
  return { ...common, jwksUri, keySet: { plainHttp: [new URL(internalUrl).host] } }
}
