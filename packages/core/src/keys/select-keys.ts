import type { JsonObject } from '../token/compact-jws.js'
import type { Algorithm } from './algorithms.js'
import { fits } from './jwk.js'
import type { VerificationKey } from './verification-key.js'

/** What a token says about its key. */
export interface KeyQuery {
  /** The configured issuer that the token names. */
  readonly issuer: string
  readonly kid: string | undefined
  /** The algorithm, already on the allow-list. */
  readonly alg: Algorithm
  /** The claims as they were sent; they are not verified yet. */
  readonly claims: JsonObject
}

/** The largest number of keys that are tried for one token, because each costs a signature check. */
const mostTried = 4

/**
 * Chooses the keys that may have signed a token (RFC 7515 §6). With a kid, it is the one key with that kid; if two fit, the
 * token is refused. Without a kid, they are the first four that fit, in the order of the set, because a rotation publishes two.
 *
 * @param named the keys with the token's kid, or all keys if it has none
 * @returns the keys, or why there are none
 */
export function selectKeys(
  named: readonly VerificationKey[],
  { kid, alg, issuer, claims }: KeyQuery,
): readonly VerificationKey[] | 'key_not_found' | 'key_ambiguous' | 'key_unfit' {
  if (named.length === 0) return 'key_not_found'
  const isFit = (key: VerificationKey) => fits(key, alg) && isOfIssuer(key, issuer, claims)
  // Usually there is one key, and it fits. Then no new list is made.
  const fitting = named.every(isFit) ? named : named.filter(isFit)
  if (fitting.length === 0) return kid === undefined ? 'key_not_found' : 'key_unfit'
  if (kid === undefined) return fitting.slice(0, mostTried)
  return fitting.length > 1 ? 'key_ambiguous' : fitting
}

/**
 * Compares the `issuer` member of a JWK (Microsoft's), which says whose tokens it signs. `{tenantid}` stands for the claim
 * `tid`.
 */
function isOfIssuer(key: VerificationKey, issuer: string, { tid }: JsonObject): boolean {
  if (key.issuer === undefined || key.issuer === issuer) return true
  return typeof tid === 'string' && key.issuer?.replaceAll('{tenantid}', () => tid) === issuer
}
