import type { IssuerOptions } from '../issuer-options.js'

/** Which of Ory's tokens are accepted. */
export interface OryOptions {
  /** The issuer: `https://SLUG.projects.oryapis.com`, or your custom domain; with Hydra, `urls.self.issuer`, to the slash. */
  readonly issuer: string
  /** An audience that the client may ask for, and asks for. */
  readonly audience: string | readonly string[]
}

/**
 * Access tokens of Ory Network's OAuth2 server, and of Ory Hydra.
 *
 * - They are opaque unless the *access token strategy* is `jwt`, for the project or the client.
 * - `aud` is empty unless the client is allowed an audience and asks for it with `audience=…`.
 * - Scopes come as a list in `scp`, which is read. Claims that the consent app adds are under `ext`, unless they are allowed
 *   at the top (`allowed_top_level_claims`).
 * - Sessions of Ory Kratos are no tokens of this kind; tokenized ones (`tokenize_as`) are signed by your own key set: give
 *   that as `jwks` with the issuer of your template.
 */
export function ory({ issuer, audience }: OryOptions): IssuerOptions {
  return { issuer, audience }
}
