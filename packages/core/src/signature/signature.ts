import { type CryptoKey, compactVerify, errors, importJWK, type JWK } from 'jose'
import type { Algorithm } from '../keys/algorithms.js'
import type { VerificationKey } from '../keys/verification-key.js'
import { decodeSignature } from './decode-signature.js'
import { signatureBytes } from './signature-length.js'

/** A key in the form of Web Crypto, made through jose. */
interface ImportedKey {
  /** One public key, or HMAC secrets, any of which may have signed. */
  readonly keys: readonly (CryptoKey | Uint8Array)[]
  /** The length of every signature by it, in bytes. */
  readonly bytes: number
}

/**
 * Verifies a JWS signature with Web Crypto through jose, for runtimes without node:crypto (RFC 7515 §5.2 step 8). It takes and
 * answers the same as `signature.node.ts`, but with a promise.
 *
 * @param key a key that fits `alg`
 * @param alg the algorithm, already allowed
 * @param signingInput `BASE64URL(header) || '.' || BASE64URL(payload)`, ASCII
 * @param signature the signature in canonical base64url
 * @returns whether the signature is good; also false if the platform cannot use the key
 */
export async function verifySignature(
  key: VerificationKey,
  alg: Algorithm,
  signingInput: string,
  signature: string,
): Promise<boolean> {
  const imported = await importKey(key, alg)
  if (imported === null || decodeSignature(signature)?.length !== imported.bytes) return false
  for (const candidate of imported.keys) {
    if (await isSignedBy(candidate, alg, `${signingInput}.${signature}`)) return true
  }
  return false
}

/** Always true: Web Crypto says only later whether it accepts a key, and `verifySignature` then answers false. */
export function canImport(_key: VerificationKey, _alg: Algorithm): boolean {
  return true
}

async function importKey(key: VerificationKey, alg: Algorithm): Promise<ImportedKey | null> {
  const known = key.imported[alg] as ImportedKey | null | undefined
  if (known !== undefined) return known
  const keys = key.secrets ?? (await importPublicKey(key, alg))
  const imported = keys === null ? null : { keys, bytes: signatureBytes(key, alg) }
  key.imported[alg] = imported
  return imported
}

async function importPublicKey(key: VerificationKey, alg: Algorithm): Promise<ImportedKey['keys'] | null> {
  try {
    return [await importJWK({ ...key.jwk } as JWK, alg)]
  } catch {
    // Types and lengths were checked before, so it is a point or modulus that Web Crypto refuses.
    return null
  }
}

async function isSignedBy(key: CryptoKey | Uint8Array, alg: Algorithm, jws: string): Promise<boolean> {
  try {
    await compactVerify(jws, key, { algorithms: [alg] })
    return true
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return false
    throw error
  }
}
