import type { Algorithm } from './algorithms.js'

/**
 * A public JWK that has passed `checkJwk`. It has only the members that verification needs (RFC 7518 §6), each in its shortest
 * form.
 */
export interface PublicJwk {
  /** The type of the key. */
  readonly kty: 'RSA' | 'EC' | 'OKP'
  /** The curve of an EC or OKP key. */
  readonly crv?: string
  /** The modulus of an RSA key, in base64url. */
  readonly n?: string
  /** The public exponent of an RSA key, in base64url. */
  readonly e?: string
  /** The x coordinate of an EC key, or the bytes of an OKP key, in base64url. */
  readonly x?: string
  /** The y coordinate of an EC key, in base64url. */
  readonly y?: string
}

/**
 * A key that has passed its checks and may verify signatures. The same key is always the same object: a refetched set keeps the
 * objects of its old keys, so that a remembered token can ask whether its key is still in the set.
 */
export interface VerificationKey {
  /** The key identifier (RFC 7517 §4.5); undefined if the JWK has none. */
  readonly kid: string | undefined
  /** The only algorithm of the JWK (RFC 7517 §4.4); undefined (Microsoft's keys): any algorithm of its type and curve. */
  readonly alg: Algorithm | undefined
  /** The type of the key; `oct` is a secret. */
  readonly kty: 'RSA' | 'EC' | 'OKP' | 'oct'
  /** The curve; undefined for RSA keys and secrets. */
  readonly crv: string | undefined
  /** The JWK's `issuer` member (Microsoft's): whose tokens it signs. Null: it is not a string, so the key fits no token. */
  readonly issuer: string | null | undefined
  /** The public key, as `checkJwk` has normalised it; undefined for secrets. */
  readonly jwk: PublicJwk | undefined
  /** The HMAC secrets, any of which may have signed; undefined for public keys. */
  readonly secrets: readonly Uint8Array[] | undefined
  /** The key in the form of the platform's crypto, once per algorithm. Only `#signature` uses it. */
  readonly imported: { [Name in Algorithm]?: unknown }
}

/** Gives a text that is the same for the same key, whatever its kid and algorithm: `checkJwk` has normalised the members. */
export function materialOf(key: VerificationKey): string {
  return JSON.stringify(key.jwk)
}
