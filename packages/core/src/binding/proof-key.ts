import type { DenialReason } from '../denial-reason.js'
import { type Algorithm, isAlgorithm } from '../keys/algorithms.js'
import { checkJwk, fits, type Jwk } from '../keys/jwk.js'
import type { PublicJwk, VerificationKey } from '../keys/verification-key.js'
import type { JsonObject } from '../token/compact-jws.js'

/** The key that a proof says it was signed with. */
export interface ProofKey {
  readonly alg: Algorithm
  readonly key: VerificationKey
  /** Its public parameters. */
  readonly jwk: PublicJwk
}

/**
 * Checks a proof's protected header (RFC 9449 §4.2, §4.3 points 4 to 7): the type, no extension, an asymmetric algorithm on
 * the list, and a public key that fits it, by the rules for an issuer's key. The sender chose this key. Whether it is the key of
 * the token is checked later.
 *
 * @returns the key, or why the proof is refused
 */
export function readProofKey(header: JsonObject, algorithms: readonly Algorithm[]): ProofKey | DenialReason {
  const { typ, alg, jwk } = header as Record<string, unknown>
  if (typ !== 'dpop+jwt') return 'proof_type'
  if (header['crit'] !== undefined) return 'crit_unsupported'
  if (!isAlgorithm(alg) || !algorithms.includes(alg)) return 'proof_algorithm'
  const key = checkJwk(jwk as Jwk)
  if (key === 'private' || key === 'symmetric') return 'key_private'
  if (typeof key === 'string' || key.jwk === undefined || !fits(key, alg)) return 'key_unfit'
  return { alg, key, jwk: key.jwk }
}
