import type { RegisteredClaims } from './auth.js'
import type { Introspection } from './introspection.js'
import type { Algorithm } from './keys/algorithms.js'
import type { Secret } from './keys/configured-keys.js'
import type { JwkSet } from './keys/jwk.js'
import type { KeySetOptions } from './keys/key-set-options.js'
import type { LiveJwks } from './keys/local-key-set.js'
import type { PublicKeys } from './keys/public-keys.js'
import type { SharedKeySet } from './keys/shared-key-set.js'

/**
 * One issuer, and what its tokens must be like. What is set here is enforced. At most one of `jwksUri`, `metadataUri`, `keys`,
 * `jwks`, `publicKeys` and `secret` may be given. Without them, the keys are found through the issuer's metadata document.
 */
export interface IssuerOptions {
  /** The exact `iss` of its tokens (RFC 7519 §4.1.1). It is also the URL that the metadata document is found from. */
  readonly issuer: string
  /**
   * What the tokens call this API in `aud` (RFC 7519 §4.1.3). Of a list, any one is enough. `null` says on purpose that the
   * audience is not checked (RFC 8725 §3.9).
   */
  readonly audience: string | readonly string[] | null
  /**
   * The allow-list of signature algorithms (RFC 8725 §3.1). Default: every asymmetric algorithm; with `secret`, those HMAC
   * algorithms for which the shortest secret is long enough.
   */
  readonly algorithms?: readonly Algorithm[]
  /**
   * The URL of its JWK Set. The keys of several URLs are one set. https, or http on loopback. Default: the URL in its metadata
   * document.
   */
  readonly jwksUri?: string | readonly string[]
  /**
   * The URL of its metadata document, which must still name the issuer. https, or http on loopback. Default: the well-known
   * locations below `issuer` (OpenID Connect Discovery 1.0 §4, RFC 8414 §3.1).
   */
  readonly metadataUri?: string
  /** A key set that several issuers share, made by `createKeySet`. Default: the issuer has its own. */
  readonly keys?: SharedKeySet
  /** Its keys as a JWK Set, which is never fetched, or as keys of this process that can change (`LiveJwks`). */
  readonly jwks?: JwkSet | LiveJwks
  /**
   * Its keys as PEM (`BEGIN PUBLIC KEY`), which are never fetched. PEM has no kid. Give one key per type as a string, and a
   * token's kid does not matter; or give any number of keys as `{ kid, pem }`.
   */
  readonly publicKeys?: PublicKeys
  /** One HMAC secret, or several of which any may have signed. A string is taken as UTF-8. Each has at least 32 bytes. */
  readonly secret?: Secret
  /**
   * The `typ` that its tokens must have (RFC 8725 §3.11), e.g. `at+jwt` for access tokens (RFC 9068 §4). Letter case and a
   * leading `application/` do not matter. Default: `JWT`, `at+jwt` or no `typ`.
   */
  readonly tokenType?: string
  /**
   * Claims that must have one of the given texts: `{ token_use: 'access', client_id: ['app-1', 'app-2'] }`. For issuers that
   * use such claims where others use `aud` or `typ`. Default: none.
   */
  readonly requiredClaims?: { readonly [claim: string]: string | readonly string[] }
  /**
   * The claims to read scopes from, e.g. `permissions` for Auth0. The first one that the token has counts. Default: `scope`, else
   * `scp`.
   */
  readonly scopeFrom?: string | readonly string[]
  /**
   * The paths to read roles from, e.g. `realm_access.roles` for Keycloak. The roles of all paths count. A claim with exactly the
   * path's name is read first; without one, each dot leads into an object. Default: there are no roles.
   */
  readonly rolesFrom?: string | readonly string[]
  /** How its keys are fetched and kept, for keys that are fetched. Default: the verifier's `keySet`. */
  readonly keySet?: KeySetOptions
  /**
   * Fetches its metadata and keys, e.g. with a private certificate authority, or with credentials. It may follow redirects. Its
   * answers are trusted, but limited in time and size. Default: the verifier's `fetch`.
   */
  readonly fetch?: typeof fetch
  /**
   * Says whether a token is revoked. It is called for every token whose signature and claims are good, also for a remembered
   * one, so it must be quick. `true` refuses the token (`token_rejected`). `'unsure'` answers 503 (`store_unavailable`); so
   * does any other answer, including a promise, and a throw. Default: no token is revoked before it expires.
   */
  readonly isRevoked?: (claims: RegisteredClaims) => boolean | 'unsure'
  /**
   * Asks the issuer about tokens that are not JWTs. `createIntrospection` of `@latchkey/introspection` makes it. JWTs are still
   * verified with keys. Only one issuer of a verifier can have it, because an opaque token names no issuer. Default: tokens that
   * are not JWTs are `token_malformed`.
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
