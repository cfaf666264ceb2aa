import type { Algorithm } from './algorithms.js'
import { fits } from './jwk.js'
import type { VerificationKey } from './verification-key.js'

/**
 * Chooses the one key of a set that may have signed a token (RFC 7515 §6). With a kid: the key of that kid. Without one:
 * the single key that fits the algorithm. Several that fit are refused, since trying them in turn would be a guess.
 */
export function selectKey(
  keys: readonly VerificationKey[],
  kid: string | undefined,
  alg: Algorithm,
): VerificationKey | 'key_not_found' | 'key_ambiguous' | 'key_unfit' {
  const named = kid === undefined ? keys : keys.filter((key) => key.kid === kid)
  if (named.length === 0) return 'key_not_found'
  const fitting = named.filter((key) => fits(key, alg))
  if (fitting.length > 1) return 'key_ambiguous'
  return fitting[0] ?? (kid === undefined ? 'key_not_found' : 'key_unfit')
}
