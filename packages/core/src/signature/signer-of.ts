import { verifySignature } from '#signature'
import type { Algorithm } from '../keys/algorithms.js'
import type { VerificationKey } from '../keys/verification-key.js'
import { type MaybePromise, whenReady } from '../maybe-promise.js'
import type { CompactJws } from '../token/compact-jws.js'

/**
 * Finds the key that signed a token (RFC 7515 §5.2 step 8): the first candidate with which the signature is good.
 *
 * @param keys the candidates, which fit `alg`
 * @param from the index of the first key to try; default 0
 * @returns undefined if none of them signed it
 */
export function signerOf(
  jws: CompactJws,
  alg: Algorithm,
  keys: readonly VerificationKey[],
  from: number = 0,
): MaybePromise<VerificationKey | undefined> {
  const key = keys[from]
  if (key === undefined) return undefined
  return whenReady(verifySignature(key, alg, jws.signingInput, jws.signature), (isGood) =>
    isGood ? key : signerOf(jws, alg, keys, from + 1),
  )
}
