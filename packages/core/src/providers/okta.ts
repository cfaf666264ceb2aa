import { refuseUnknownOptions } from '../config-error.js'
import type { IssuerOptions } from '../issuer-options.js'
import { requireHost, requireWord } from './host.js'

/** Which tokens of an Okta authorization server are accepted. */
export interface OktaOptions {
  /** The audience that is set at the authorization server: `api://default`. */
  readonly audience: string | readonly string[]
  /** The custom authorization server's ID. Default `default`. */
  readonly authorizationServer?: string
}

/**
 * Gives the options for access tokens of an Okta custom authorization server.
 *
 * - The org's own server (its issuer has no `/oauth2/…`) makes tokens for Okta alone. Their keys are not published, so nobody
 *   else can verify them. Custom servers are a paid feature (API Access Management); developer accounts have the server
 *   `default`.
 * - Scopes are a list in `scp`, which is read. The client is in `cid`.
 * - The `aud` of an ID token is the client, so never give a client ID as audience.
 *
 * @param domain the org's domain, `ORG.okta.com`, or the custom domain, if clients use that: their tokens name it
 * @throws ConfigError if the domain is not a host, or the server is not a name
 */
export function okta(domain: string, options: OktaOptions): IssuerOptions {
  refuseUnknownOptions('okta', options, { audience: true, authorizationServer: true })
  const { audience, authorizationServer = 'default' } = options
  const server = requireWord('okta: authorizationServer', authorizationServer)
  return {
    issuer: `https://${requireHost('okta: domain', domain)}/oauth2/${server}`,
    audience,
    algorithms: ['RS256'],
  }
}
