import { verifySignature } from '#signature'
import type { Algorithm } from '../keys/algorithms.js'
import type { VerificationKey } from '../keys/verification-key.js'
import { type MaybePromise, whenReady } from '../maybe-promise.js'
import type { CompactJws } from '../token/compact-jws.js'

/**
 * The key that signed a token (RFC 7515 §5.2 step 8): the first of the candidates by which its signature is good.
 *
 * @param keys keys that fit `alg`
 * @param from the index of the first that is tried
 * @returns undefined where none of them did
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
