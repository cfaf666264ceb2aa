import { sha256 } from '#digest'
import type { PublicJwk } from '../keys/verification-key.js'
import type { MaybePromise } from '../maybe-promise.js'

/**
 * Gives the SHA-256 thumbprint of a public key (RFC 7638 §3, RFC 8037 §2), in base64url: the hash of its required members, in
 * the order of their names.
 */
export function thumbprintOf({ kty, crv, n, e, x, y }: PublicJwk): MaybePromise<string> {
  return sha256(JSON.stringify(kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y }))
}
