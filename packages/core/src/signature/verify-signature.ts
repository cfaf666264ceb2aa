import { verifySignature as verify } from '#signature'
import type { Algorithm } from '../keys/algorithms.js'
import type { VerificationKey } from '../keys/verification-key.js'
import type { MaybePromise } from '../maybe-promise.js'

/**
 * Verifies a JWS signature with the platform's crypto (RFC 7515 §5.2 step 8), for other packages. It is exported from here,
 * because old module resolution does not find the types of the subpath import `#signature`.
 *
 * It takes a key that fits `alg`, the algorithm, the signing input in ASCII, and the signature in canonical base64url. It
 * answers whether the signature is good; also false if the platform cannot use the key.
 */
export const verifySignature: (
  key: VerificationKey,
  alg: Algorithm,
  signingInput: string,
  signature: string,
) => MaybePromise<boolean> = verify
