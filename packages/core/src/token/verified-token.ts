import { sha256 } from '#digest'
import type { Auth, RegisteredClaims, TokenSourceKind } from '../auth.js'
import type { AuthError } from '../auth-error.js'
import type { DenialReason } from '../denial-reason.js'
import type { Issuer } from '../issuer.js'
import type { Lease } from '../issuers/lease.js'
import type { KeepsAlive, KeySet } from '../keys/key-set.js'
import type { VerificationKey } from '../keys/verification-key.js'
import type { MaybePromise } from '../maybe-promise.js'
import { checkTime, goodUntil } from './claims.js'
import type { JsonObject } from './compact-jws.js'
import { Grants } from './grants.js'
import { createIdentity } from './identity.js'
import { askRevoked, type IsRevoked } from './is-revoked.js'
import { refuse } from './refuse.js'

/** A decision to let a request pass. A class for the reason that `Identity` gives. */
class Allowed {
  readonly allow = true
  readonly auth: Auth

  constructor(auth: Auth) {
    this.auth = auth
  }
}

/** A token whose signature and claims are good, with what is needed to check it again later. */
export class VerifiedToken {
  /** The token as it was sent. */
  readonly token: string
  /** The claims as they were signed and checked. */
  readonly signed: RegisteredClaims & JsonObject
  /** The claim `cnf` (RFC 7800 §3.1), whatever it holds; undefined: the token is not bound to a key. */
  readonly cnf: unknown
  readonly issuer: Issuer
  readonly #claims: JsonObject
  readonly #key: VerificationKey | undefined
  // Copied from the issuer, so that a remembered token does not need its issuer's rules, which costs time with a thousand
  // issuers. Between `#goodFrom` and `#goodUntil` its times are known to be good.
  readonly #keySet: KeySet
  readonly #isRevoked: IsRevoked | undefined
  readonly #lease: Lease | undefined
  #goodFrom = Number.POSITIVE_INFINITY
  #goodUntil = 0
  // Made when first needed and then kept, so that a remembered token costs no allocation: what it grants, its hash, its last
  // refusal, and its last decision.
  #grants: Grants | undefined
  #hash: MaybePromise<string> | undefined
  #refusal: AuthError | undefined
  #allowed: Allowed | undefined

  /**
   * @param signed the claims as they were signed and checked
   * @param claims what the app sees: the same claims, with the schema's output
   * @param key the key that signed it; undefined if the issuer was asked instead
   */
  constructor(token: string, signed: JsonObject, claims: JsonObject, issuer: Issuer, key: VerificationKey | undefined) {
    this.token = token
    this.cnf = signed['cnf']
    this.signed = signed as JsonObject & RegisteredClaims
    this.issuer = issuer
    this.#claims = claims
    this.#key = key
    this.#keySet = issuer.keySet
    this.#isRevoked = issuer.isRevoked
    this.#lease = issuer.lease
  }

  /** What its claims grant, by the rules of its issuer. */
  get grants(): Grants {
    this.#grants ??= new Grants(this.signed, this.issuer.grantRules)
    return this.#grants
  }

  /** The SHA-256 of the token in base64url, which each proof for it must name (`ath`, RFC 9449 §4.2). */
  get hash(): MaybePromise<string> {
    this.#hash ??= sha256(this.token)
    return this.#hash
  }

  /**
   * Checks whether the token is still good: its times, then whether the current set still has its key (`key_not_found`), then
   * whether it is revoked (`session_ended`, `revocation_unsure`).
   *
   * @param now seconds since the epoch
   * @param lives keeps a fetch alive that starts with this request
   * @returns why it is not good; undefined if it is
   */
  faultAt(now: number, lives?: KeepsAlive): DenialReason | undefined {
    if (!(now >= this.#goodFrom && now < this.#goodUntil)) {
      const late = this.#checkTime(now)
      if (late !== undefined) return late
    }
    if (this.#key !== undefined && !this.#keySet.trusts(this.#key, now, lives)) return 'key_not_found'
    if (this.#isRevoked === undefined) return undefined
    const revoked = askRevoked(this.#isRevoked, this.signed)
    return revoked === false ? undefined : revoked === true ? 'session_ended' : 'revocation_unsure'
  }

  /** Checks its times, and notes until when they stay good. */
  #checkTime(now: number): DenialReason | undefined {
    const { claimsRules } = this.issuer
    const late = checkTime(this.signed, claimsRules, now)
    if (late !== undefined) return late
    // A whole number, which V8 stores in the object itself.
    this.#goodFrom = Math.ceil(now)
    this.#goodUntil = goodUntil(this.signed, claimsRules)
    return undefined
  }

  /** Whether the answer of the lookup that found its issuer counts no longer. Then the issuer is looked up again first. */
  hasLapsed(now: number): boolean {
    return this.#lease !== undefined && !this.#lease.holds(now)
  }

  /** Gives its refusal for a fault: the same object each time, because a revoked token is often sent many times more. */
  refusalOf(fault: DenialReason): AuthError {
    if (this.#refusal?.reason !== fault) this.#refusal = refuse(fault, this.issuer)
    return this.#refusal
  }

  /** Gives the decision to let it pass, with what a guard stores: the same object as long as it comes from the same source. */
  allow(source: TokenSourceKind): Allowed {
    if (this.#allowed?.auth.source !== source) {
      this.#allowed = new Allowed(createIdentity(this, this.#claims as JsonObject & RegisteredClaims, source))
    }
    return this.#allowed
  }
}
