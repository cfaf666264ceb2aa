import type { Auth, RegisteredClaims, TokenSourceKind } from '../auth.js'
import type { Issuer } from '../issuer.js'
import type { VerificationKey } from '../keys/verification-key.js'
import { checkTime } from './claims.js'

interface Allowed {
  readonly allow: true
  readonly auth: Auth
}

/** A token whose signature and claims were found good, with what is needed to ask again later. */
export class VerifiedToken {
  readonly token: string
  readonly claims: RegisteredClaims & object
  readonly #issuer: Issuer
  readonly #key: VerificationKey
  readonly #scope: readonly string[]
  // One decision per source, made when first asked for, so that a remembered token costs no allocation.
  #fromHeader: Allowed | undefined
  #fromCookie: Allowed | undefined

  constructor(
    token: string,
    claims: RegisteredClaims & object,
    scope: readonly string[],
    issuer: Issuer,
    key: VerificationKey,
  ) {
    this.token = token
    this.claims = claims
    this.#scope = scope
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
      checkTime(this.claims, this.#issuer.claimsRules, now) === undefined &&
      this.#issuer.keySet.trusts(this.#key) &&
      (this.#issuer.isRevoked === undefined || this.#issuer.isRevoked(this.claims) === false)
    )
  }

  /** The decision to let it pass, with what a guard stores. The same object each time for the same source. */
  allow(source: TokenSourceKind): Allowed {
    if (source === 'header') {
      this.#fromHeader ??= this.#allowed(source)
      return this.#fromHeader
    }
    this.#fromCookie ??= this.#allowed(source)
    return this.#fromCookie
  }

  #allowed(source: TokenSourceKind): Allowed {
    const { token, claims } = this
    return { allow: true, auth: Object.freeze({ claims, scope: this.#scope, source, token }) }
  }
}
