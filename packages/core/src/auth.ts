/** The claims if no schema is given: all are there, but none has a type. */
export type UntypedClaims = { readonly [claim: string]: unknown }

/**
 * The registered claims that Latchkey has checked (RFC 7519 §4.1, RFC 9068 §2.2). Other claims are as the token has them,
 * unchecked.
 */
export interface RegisteredClaims {
  /** Issuer: equal, as a string, to a configured issuer. */
  readonly iss: string
  /** Audience: one string or several. */
  readonly aud?: string | readonly string[]
  /** Expiration time, seconds since the epoch. */
  readonly exp: number
  /** Subject. */
  readonly sub?: string
  /** Not before, seconds since the epoch. */
  readonly nbf?: number
  /** Issued at, seconds since the epoch. */
  readonly iat?: number
  /** Token identifier. */
  readonly jti?: string
  /** The client that the token was issued to (RFC 8693 §4.3, RFC 9068 §2.2). */
  readonly client_id?: string
}

/** Where a token was found: in a header field (any), in a cookie, or `given` directly to `verify`. */
export type TokenSourceKind = 'header' | 'cookie' | 'given'

/**
 * Who is calling: what a guard stores for the handler. All requests with the same token can get the same object, so the token's
 * own data in it are deeply frozen. What a claims schema adds (Sets, Maps, Dates, the app's own objects) is shared by these
 * requests too, but not frozen.
 */
export interface Auth<Claims = UntypedClaims> {
  /** The whole claims set. The output of the claims schema replaces the claims that it names. */
  readonly claims: RegisteredClaims & Claims
  /** The granted scopes: from `scope` or `scp`, or from the claims that the issuer's `scopeFrom` names. */
  readonly scope: readonly string[]
  /** The caller's roles, from the claims that the issuer's `rolesFrom` names; without that option, an empty list. */
  readonly roles: readonly string[]
  /** Where the token was found. */
  readonly source: TokenSourceKind
  /** The token itself, to pass on to another service. Do not log it. */
  readonly token: string
}
