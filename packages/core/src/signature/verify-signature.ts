import { verifySignature as verify } from '#signature'
import type { Algorithm } from '../keys/algorithms.js'
import type { VerificationKey } from '../keys/verification-key.js'
import type { MaybePromise } from '../maybe-promise.js'

/**
 * The platform's verification of a JWS signature, for others than core: under a name that old module resolution finds the types
 * of, as it does not those of a subpath import.
 */
export const verifySignature: (
  key: VerificationKey,
  alg: Algorithm,
  signingInput: string,
  signature: string,
) => MaybePromise<boolean> = verify
