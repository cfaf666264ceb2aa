import type { Algorithm } from '../keys/algorithms.js'
import { bitLength } from '../keys/jwk.js'
import type { VerificationKey } from '../keys/verification-key.js'

/**
 * Gives the length of every signature by a key, in bytes: that of the hash (RFC 7518 §3.2), of the modulus (RFC 8017 §8), of
 * two numbers below the curve's order (RFC 7518 §3.4), or 64 (RFC 8032 §5.1.6). It must be checked, because OpenSSL also
 * accepts an RSA-PSS signature without its leading zeros, so that one signature would have several forms.
 */
export function signatureBytes(key: VerificationKey, alg: Algorithm): number {
  if (key.kty === 'oct') return Number(alg.slice(2)) / 8
  if (key.kty === 'RSA') return Math.ceil(bitLength(key.jwk?.n ?? '') / 8)
  if (alg === 'ES512') return 132
  return alg === 'ES384' ? 96 : 64
}
