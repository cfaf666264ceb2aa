/** Claims without a schema: all there, none typed. */
export type UntypedClaims = { readonly [claim: string]: unknown }

/** The registered claims that Latchkey has checked (RFC 7519 §4.1, RFC 9068 §2.2); other members are as the token has them. */
export interface RegisteredClaims {
  /** Issuer: one of the configured ones, equal as a string. */
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

/** Where a token was found: in a header field, whichever, or in a cookie; `given` was handed to `verify`. */
export type TokenSourceKind = 'header' | 'cookie' | 'given'

/**
 * Who is calling: what a guard stores for the handler. Deeply frozen where it holds the token's own data, because a
 * remembered token gives the same object to every request that carries it; what a claims schema put in (Sets, Maps, Dates, the
 * app's own objects) is shared by these requests and not frozen.
 */
export interface Auth<Claims = UntypedClaims> {
  /** The whole claims set, with the output of the claims schema laid over it. */
  readonly claims: RegisteredClaims & Claims
  /** Granted scopes, from `scope` or `scp`, or where the issuer's `scopeFrom` says. */
  readonly scope: readonly string[]
  /** Roles, from where the issuer's `rolesFrom` says; without it there are none. */
  readonly roles: readonly string[]
  /** Where the token was found. */
  readonly source: TokenSourceKind
  /** The token itself, to pass on to another service. Do not log it. */
  readonly token: string
}
