import type { Auth, RegisteredClaims, TokenSourceKind } from '../auth.js'
import type { Issuer } from '../issuer.js'
import type { VerificationKey } from '../keys/verification-key.js'
import { checkTime, scopeOf } from './claims.js'
import type { JsonObject } from './compact-jws.js'

interface Allowed {
  readonly allow: true
  readonly auth: Auth
}

/** A token whose signature and claims were found good, with what is needed to ask again later. */
export class VerifiedToken {
  /** The token as it was sent. */
  readonly token: string
  /** The `cnf` claim (RFC 7800 §3.1), whatever it holds; undefined: the token is bound to no key. */
  readonly cnf: unknown
  /** The issuer's name. */
  readonly issuer: string
  readonly #signed: RegisteredClaims
  readonly #claims: JsonObject
  readonly #issuer: Issuer
  readonly #key: VerificationKey | undefined
  // One decision per source, made when first asked for, so that a remembered token costs no allocation.
  readonly #allowed: { [source in TokenSourceKind]: Allowed | undefined } = {
    header: undefined,
    cookie: undefined,
    given: undefined,
  }

  /**
   * @param signed the claims as they were signed and checked
   * @param claims what the app gets to see: these with the schema's output over them
   * @param key that it was signed with; undefined: none, for the issuer itself was asked about it
   */
  constructor(token: string, signed: JsonObject, claims: JsonObject, issuer: Issuer, key: VerificationKey | undefined) {
    this.token = token
    this.cnf = signed['cnf']
    this.issuer = issuer.issuer
    this.#signed = signed as unknown as RegisteredClaims
    this.#claims = claims
    this.#issuer = issuer
    this.#key = key
  }

  /**
   * Whether it would still pass, without its signature: time, its key's presence in the current set, revocation.
   * False says nothing about why; the full verification does.
   *
   * @param now seconds since the epoch
   */
  isStillGood(now: number): boolean {
    return (
      checkTime(this.#signed, this.#issuer.claimsRules, now) === undefined &&
      (this.#key === undefined || this.#issuer.keySet.trusts(this.#key, now)) &&
      (this.#issuer.isRevoked === undefined || this.#issuer.isRevoked(this.#signed) === false)
    )
  }

  /** The decision to let it pass, with what a guard stores. The same object each time for the same source. */
  allow(source: TokenSourceKind): Allowed {
    const before = this.#allowed[source]
    if (before !== undefined) return before
    const claims = this.#claims as JsonObject & RegisteredClaims
    const scope = Object.freeze(scopeOf(this.#signed as unknown as JsonObject))
    const auth = Object.freeze({ claims, scope, source, token: this.token })
    this.#allowed[source] = { allow: true, auth }
    return this.#allowed[source]
  }
}
