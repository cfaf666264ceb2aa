import type { Algorithm } from './algorithms.js'

/** A public JWK that has passed `checkJwk`, reduced to the members that verification needs, each in its one shortest form. */
export interface PublicJwk {
  readonly kty: 'RSA' | 'EC' | 'OKP'
  readonly crv?: string
  readonly n?: string
  readonly e?: string
  readonly x?: string
  readonly y?: string
}

/**
 * A key that has passed its checks and may verify signatures. The object's identity stands for the key: a key set that is
 * refetched with the same key in it keeps the same object, so that whoever remembers it can ask whether it is still held.
 */
export interface VerificationKey {
  /** Key identifier (RFC 7517 §4.5), where the JWK has one. */
  readonly kid: string | undefined
  /** The one algorithm the JWK is for (RFC 7517 §4.4); undefined (Microsoft's): any of its type and curve. */
  readonly alg: Algorithm | undefined
  readonly kty: 'RSA' | 'EC' | 'OKP' | 'oct'
  readonly crv: string | undefined
  /** The JWK's `issuer` member (Microsoft's): whose tokens it is for. Null: none's, since it is no string. */
  readonly issuer: string | null | undefined
  /** The public key as it was published; undefined for secrets. */
  readonly jwk: PublicJwk | undefined
  /** HMAC secrets, any of which may have signed (rotation); undefined for public keys. */
  readonly secrets: readonly Uint8Array[] | undefined
  /** The key as the platform's crypto takes it: kept here by `#signature`, once per algorithm; nobody else looks. */
  readonly imported: Map<Algorithm, unknown>
}

/** The key itself, whatever it is called and used for: `checkJwk` writes the same key always alike. */
export function materialOf(key: VerificationKey): string {
  return JSON.stringify(key.jwk)
}
