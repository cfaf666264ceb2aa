import { refuseUnknownOptions } from '../config-error.js'
import type { IssuerOptions } from '../issuer-options.js'

/** Which of Ory's tokens are accepted. */
export interface OryOptions {
  /**
   * The issuer: `https://SLUG.projects.oryapis.com`, or your custom domain. With Hydra, exactly `urls.self.issuer`, with its
   * slash.
   */
  readonly issuer: string
  /** The audience that the client asks for, and is allowed to ask for. */
  readonly audience: string | readonly string[]
}

/**
 * Gives the options for access tokens of Ory Network's OAuth2 server, and of Ory Hydra.
 *
 * - They are opaque unless the *access token strategy* is `jwt`, for the project or for the client.
 * - `aud` is empty unless the client may have an audience and asks for it with `audience=…`.
 * - Scopes are a list in `scp`, which is read. Claims that the consent app adds are below `ext`, unless
 *   `allowed_top_level_claims` lists them.
 * - Sessions of Ory Kratos are not such tokens. Its tokenized sessions (`tokenize_as`) are signed with your own key set: give
 *   that as `jwks`, with the issuer of your template.
 *
 * @throws ConfigError for an unknown option
 */
export function ory(options: OryOptions): IssuerOptions {
  refuseUnknownOptions('ory', options, { issuer: true, audience: true })
  const { issuer, audience } = options
  return { issuer, audience }
}
