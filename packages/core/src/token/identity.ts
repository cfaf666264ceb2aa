import type { Auth, RegisteredClaims, TokenSourceKind } from '../auth.js'
import type { JsonObject } from './compact-jws.js'
import type { Grants } from './grants.js'
import type { VerifiedToken } from './verified-token.js'

/** A base class with which instances are plain objects: they do not inherit from the class that extends it. */
class Plain {
  constructor() {
    return {}
  }
}

/**
 * What a guard stores. It keeps the token that it was made from as a private member, so that the app can neither read, log nor
 * copy it. A WeakMap would do the same, but its garbage collection costs 0.5 µs for each token that is seen for the first time.
 *
 * It is not made by an object literal. V8 notices that the cache keeps what a literal makes, and from then on makes all such
 * objects in its old space, also for tokens that never come again. There each keeps its token from the collection of young
 * objects: 0.6 µs for each token that is seen for the first time.
 */
class Identity extends Plain implements Auth {
  // `declare` spares V8 from defining each member before it is set.
  declare readonly claims: JsonObject & RegisteredClaims
  declare readonly scope: readonly string[]
  declare readonly roles: readonly string[]
  declare readonly source: TokenSourceKind
  declare readonly token: string
  readonly #verified: VerifiedToken

  constructor(verified: VerifiedToken, claims: JsonObject & RegisteredClaims, source: TokenSourceKind) {
    super()
    const { scope, roles }: Grants = verified.grants
    this.#verified = verified
    this.claims = claims
    this.scope = scope
    this.roles = roles
    this.source = source
    this.token = verified.token
    Object.freeze(this)
  }

  static verifiedOf(auth: unknown): VerifiedToken | undefined {
    return typeof auth === 'object' && auth !== null && #verified in auth ? auth.#verified : undefined
  }
}

/**
 * Makes what a guard stores for a good token. It is frozen.
 *
 * @param claims what the app sees of the token's claims
 */
export function createIdentity(
  verified: VerifiedToken,
  claims: JsonObject & RegisteredClaims,
  source: TokenSourceKind,
): Auth {
  return new Identity(verified, claims, source)
}

/** Gives the token that a guard's identity was made from; undefined for anything else, also for a copy. */
export function verifiedOf(auth: unknown): VerifiedToken | undefined {
  return Identity.verifiedOf(auth)
}
