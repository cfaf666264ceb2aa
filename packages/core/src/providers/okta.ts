import type { IssuerOptions } from '../issuer-options.js'
import { requireHost, requireWord } from './host.js'

/** What of an Okta authorization server is accepted. */
export interface OktaOptions {
  /** As set at the authorization server: `api://default`. */
  readonly audience: string | readonly string[]
  /** The custom authorization server's ID. Default `default`. */
  readonly authorizationServer?: string
}

/**
 * Access tokens of an Okta custom authorization server.
 *
 * - The org's own server (its issuer has no `/oauth2/…`) makes tokens for Okta alone, whose keys are not published: nobody
 *   else can verify them. API Access Management is a paid feature; developer accounts have the server `default`.
 * - Scopes come as a list in `scp`, which is read. The client is in `cid`.
 * - An ID token's `aud` is the client: never give a client ID as audience.
 *
 * @param domain the org's domain, `ORG.okta.com`, or the custom one, which tokens asked for there name
 * @throws ConfigError where domain or server is no name
 */
export function okta(domain: string, { audience, authorizationServer = 'default' }: OktaOptions): IssuerOptions {
  const server = requireWord('okta: authorizationServer', authorizationServer)
  return {
    issuer: `https://${requireHost('okta: domain', domain)}/oauth2/${server}`,
    audience,
    algorithms: ['RS256'],
  }
}
