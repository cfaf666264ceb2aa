import type { RegisteredClaims } from './auth.js'
import type { Introspection } from './introspection.js'
import type { Algorithm } from './keys/algorithms.js'
import type { Secret } from './keys/configured-keys.js'
import type { JwkSet } from './keys/jwk.js'
import type { KeySetOptions } from './keys/key-set-options.js'
import type { LiveJwks } from './keys/local-key-set.js'
import type { PublicKeys } from './keys/public-keys.js'
import type { SharedKeySet } from './keys/shared-key-set.js'

/** One issuer and what is demanded of its tokens. What is set here is enforced. */
export interface IssuerOptions {
  /** The exact `iss` of its tokens (RFC 7519 §4.1.1); also where its metadata is found, unless keys are given below. */
  readonly issuer: string
  /** What we are called in `aud`; of a list any one suffices. `null`: not checked, said on purpose (RFC 8725 §3.9). */
  readonly audience: string | readonly string[] | null
  /** Allow-list. Default: every asymmetric algorithm; with `secret`, the HMAC ones that the shortest secret covers. */
  readonly algorithms?: readonly Algorithm[]
  /** Where its JWK Set is, if not to be found through its metadata document; several are one set. https, or http on loopback. */
  readonly jwksUri?: string | readonly string[]
  /** Where its metadata document is, if not at the issuer's own URL; it must still name the issuer. https, or http on loopback. */
  readonly metadataUri?: string
  /** A key set that several issuers share, from `createKeySet`. */
  readonly keys?: SharedKeySet
  /** Its keys as a JWK Set: never fetched. Or a live one, from this process. */
  readonly jwks?: JwkSet | LiveJwks
  /**
   * Its keys as PEM (`BEGIN PUBLIC KEY`): never fetched. PEM has no kid: one key per type as a string, for which a token's kid
   * does not matter; or any number as `{ kid, pem }`.
   */
  readonly publicKeys?: PublicKeys
  /** HMAC secret, or several of which any may have signed. A string stands for its UTF-8 bytes. At least 32 bytes. */
  readonly secret?: Secret
  /**
   * The `typ` that its tokens must have (RFC 8725 §3.11), e.g. `at+jwt` for access tokens (RFC 9068 §4); in any letter case, with or
   * without `application/`. Default: `JWT`, `at+jwt` or no typ.
   */
  readonly tokenType?: string
  /**
   * Claims that must be one of these texts, where an issuer tells apart by them what others tell apart by `aud` or `typ`:
   * `{ token_use: 'access', client_id: ['app-1', 'app-2'] }`. Default: none.
   */
  readonly requiredClaims?: { readonly [claim: string]: string | readonly string[] }
  /** Claims to read scopes from, in place of `scope` and `scp`; the first that is there counts (Auth0: `permissions`). */
  readonly scopeFrom?: string | readonly string[]
  /**
   * Where roles are: paths, the roles of all of them together. A claim of exactly that name, else dots lead down
   * (Keycloak: `realm_access.roles`). Default: there are no roles.
   */
  readonly rolesFrom?: string | readonly string[]
  /** How its keys are fetched and kept; for keys that are fetched. */
  readonly keySet?: KeySetOptions
  /**
   * Fetches its metadata and keys: for a private certificate authority, or an endpoint that asks for credentials. It may
   * follow redirects: where it goes is its business, and what it answers is trusted. Default: the verifier's.
   */
  readonly fetch?: typeof fetch
  /**
   * Asked for every token whose signature and claims are good, remembered or not, so it must be quick: true refuses it
   * (`token_rejected`), `unsure` answers 503 (`store_unavailable`), and so does every other answer, a promise or a throw included. Default: nothing is revoked before it expires.
   */
  readonly isRevoked?: (claims: RegisteredClaims) => boolean | 'unsure'
  /**
   * Asks the issuer about tokens that are no JWTs, by `createIntrospection` of `@latchkey/introspection`; its JWTs are verified
   * as ever. For one issuer of a verifier, since an opaque token names none. Default: such tokens are malformed.
   */
  readonly introspection?: Introspection
}

/** The names of `IssuerOptions`. */
export const issuerOptionNames: Readonly<Record<keyof IssuerOptions, true>> = {
  issuer: true,
  audience: true,
  algorithms: true,
  jwksUri: true,
  metadataUri: true,
  keys: true,
  jwks: true,
  publicKeys: true,
  secret: true,
  tokenType: true,
  requiredClaims: true,
  scopeFrom: true,
  rolesFrom: true,
  keySet: true,
  fetch: true,
  isRevoked: true,
  introspection: true,
}
