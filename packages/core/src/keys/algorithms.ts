/** A signature algorithm that Latchkey verifies (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2). */
export type Algorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'
  | 'Ed25519'
  | 'HS256'
  | 'HS384'
  | 'HS512'

interface AlgorithmEntry {
  /** The key type that it needs (RFC 7518 §6.1). */
  readonly kty: 'RSA' | 'EC' | 'OKP' | 'oct'
  /** The curve that it needs, if the type has curves. */
  readonly crv?: 'P-256' | 'P-384' | 'P-521' | 'Ed25519'
  /** The hash length in bytes, which is the least length of an HMAC secret (RFC 7518 §3.2). */
  readonly hashBytes?: 32 | 48 | 64
}

/** Each algorithm with the key it needs. */
export const algorithmTable: Readonly<Record<Algorithm, AlgorithmEntry>> = {
  RS256: { kty: 'RSA' },
  RS384: { kty: 'RSA' },
  RS512: { kty: 'RSA' },
  PS256: { kty: 'RSA' },
  PS384: { kty: 'RSA' },
  PS512: { kty: 'RSA' },
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  ES512: { kty: 'EC', crv: 'P-521' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
  Ed25519: { kty: 'OKP', crv: 'Ed25519' },
  HS256: { kty: 'oct', hashBytes: 32 },
  HS384: { kty: 'oct', hashBytes: 48 },
  HS512: { kty: 'oct', hashBytes: 64 },
}

/** Whether a string names an algorithm that Latchkey verifies; `none` is not one. */
export function isAlgorithm(name: unknown): name is Algorithm {
  return typeof name === 'string' && Object.hasOwn(algorithmTable, name)
}

/** The default allow-list for public keys (RFC 8725 §3.1): every asymmetric algorithm. */
export const asymmetricAlgorithms: readonly Algorithm[] = (Object.keys(algorithmTable) as Algorithm[]).filter(
  (name) => algorithmTable[name].kty !== 'oct',
)
