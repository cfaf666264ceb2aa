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
import { type Grants, grantsOf } from './grants.js'
import { setOrigin } from './origin.js'
import { refuse } from './refuse.js'
import { askRevoked, type IsRevoked } from './revocation.js'

interface Allowed {
  readonly allow: true
  readonly auth: Auth
}

/** A token whose signature and claims were found good, with what is needed to ask again later. */
export class VerifiedToken {
  /** The token as it was sent. */
  readonly token: string
  /** The claims as they were signed and checked. */
  readonly signed: RegisteredClaims & JsonObject
  /** The `cnf` claim (RFC 7800 §3.1), whatever it holds; undefined: the token is bound to no key. */
  readonly cnf: unknown
  readonly issuer: Issuer
  readonly #claims: JsonObject
  readonly #key: VerificationKey | undefined
  // The issuer's, and when its time is known to be good: at hand, so that a remembered token of one among a thousand issuers
  // needs none of its issuer's rules.
  readonly #keySet: KeySet
  readonly #isRevoked: IsRevoked | undefined
  readonly #lease: Lease | undefined
  #goodFrom = Number.POSITIVE_INFINITY
  #goodUntil = 0
  // Made when first asked for, so that a remembered token costs no allocation: what it grants, a decision per
  // source, and its last refusal.
  #grants: Grants | undefined
  #hash: MaybePromise<string> | undefined
  #refusal: AuthError | undefined
  readonly #allowed: { [source in TokenSourceKind]: Allowed | undefined } = {
    header: undefined,
    cookie: undefined,
    given: undefined,
  }

  /**
   * @param signed the claims as they were signed and checked
   * @param claims what the app gets to see: these with the schema's output over them
   * @param key the key that signed it; undefined where the issuer was asked instead
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

  /** What its claims grant, by the issuer's rules. */
  get grants(): Grants {
    this.#grants ??= grantsOf(this.signed, this.issuer.grantRules)
    return this.#grants
  }

  /** SHA-256 of the token in base64url, which each proof for it has to name (`ath`, RFC 9449 §4.2). */
  get hash(): MaybePromise<string> {
    this.#hash ??= sha256(this.token)
    return this.#hash
  }

  /**
   * What speaks against it by now: its time, its key's absence from the current set (`key_not_found`), its revocation
   * (`session_ended`, `revocation_unsure`), asked in this order and once each.
   *
   * @param now seconds since the epoch
   * @returns undefined where it is still good
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

  /** Asks its claims, and notes for how long the answer stays the same: what has begun does not begin again. */
  #checkTime(now: number): DenialReason | undefined {
    const { claimsRules } = this.issuer
    const late = checkTime(this.signed, claimsRules, now)
    if (late !== undefined) return late
    // A whole second, which V8 keeps in the object itself.
    this.#goodFrom = Math.ceil(now)
    this.#goodUntil = goodUntil(this.signed, claimsRules)
    return undefined
  }

  /** Whether its issuer was found by a lookup whose word counts no longer: then it is looked up again before the token is trusted. */
  hasLapsed(now: number): boolean {
    return this.#lease !== undefined && !this.#lease.holds(now)
  }

  /** Its refusal for a fault, the same object each time: a token that was revoked is sent many times more. */
  refusalOf(fault: DenialReason): AuthError {
    if (this.#refusal?.reason !== fault) this.#refusal = refuse(fault, this.issuer)
    return this.#refusal
  }

  /** The decision to let it pass, with what a guard stores. The same object each time for the same source. */
  allow(source: TokenSourceKind): Allowed {
    const before = this.#allowed[source]
    if (before !== undefined) return before
    const claims = this.#claims as JsonObject & RegisteredClaims
    const { scope, roles } = this.grants
    const auth = { claims, scope, roles, source, token: this.token }
    setOrigin(auth, this)
    const allowed: Allowed = { allow: true, auth: Object.freeze(auth) }
    this.#allowed[source] = allowed
    return allowed
  }
}
