import {
  constants,
  createHmac,
  createPublicKey,
  createSecretKey,
  type JsonWebKey,
  type KeyObject,
  timingSafeEqual,
  type VerifyKeyObjectInput,
  verify,
} from 'node:crypto'
import type { Algorithm } from '../keys/algorithms.js'
import type { VerificationKey } from '../keys/verification-key.js'

/** A key as node:crypto takes it; HMAC keys may be several. */
type ImportedKey = VerifyKeyObjectInput | readonly KeyObject[]

/**
 * Verifies a JWS signature with node:crypto, synchronously (RFC 7515 §5.2 step 8).
 *
 * @param key a key that fits `alg`
 * @param alg the algorithm, already allowed
 * @param signingInput `BASE64URL(header) || '.' || BASE64URL(payload)`, ASCII
 * @param signature the signature, still in base64url, already known to be canonical
 * @returns whether the signature is good; false too where the platform cannot use the key
 */
export function verifySignature(
  key: VerificationKey,
  alg: Algorithm,
  signingInput: string,
  signature: string,
): boolean {
  const imported = importKey(key, alg)
  if (imported === null) return false
  const bytes = Buffer.from(signature, 'base64url')
  if (isSecrets(imported)) return imported.some((secret) => equalsHmac(hashOf(alg), secret, signingInput, bytes))
  return verify(hashOf(alg), Buffer.from(signingInput, 'latin1'), imported, bytes)
}

/** Whether the platform accepts the key at all: a point off its curve passes the JWK checks and fails here. */
export function canImport(key: VerificationKey, alg: Algorithm): boolean {
  return importKey(key, alg) !== null
}

function importKey(key: VerificationKey, alg: Algorithm): ImportedKey | null {
  const known = key.imported.get(alg) as ImportedKey | null | undefined
  if (known !== undefined) return known
  const imported = key.secrets === undefined ? importPublicKey(key, alg) : key.secrets.map((s) => createSecretKey(s))
  key.imported.set(alg, imported)
  return imported
}

function importPublicKey(key: VerificationKey, alg: Algorithm): VerifyKeyObjectInput | null {
  let publicKey: KeyObject
  try {
    publicKey = createPublicKey({ key: { ...key.jwk } as JsonWebKey, format: 'jwk' })
  } catch {
    // Types and lengths were checked before, so what is left is a point or modulus that OpenSSL refuses.
    return null
  }
  if (alg.startsWith('PS')) {
    return { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
  }
  return key.kty === 'EC' ? { key: publicKey, dsaEncoding: 'ieee-p1363' } : { key: publicKey }
}

function isSecrets(imported: ImportedKey): imported is readonly KeyObject[] {
  return Array.isArray(imported)
}

function equalsHmac(hash: string | null, secret: KeyObject, signingInput: string, signature: Buffer): boolean {
  const expected = createHmac(hash ?? '', secret)
    .update(signingInput, 'latin1')
    .digest()
  return expected.length === signature.length && timingSafeEqual(expected, signature)
}

/** OpenSSL's name of the hash; null for EdDSA, which has its own. */
function hashOf(alg: Algorithm): string | null {
  if (alg === 'EdDSA' || alg === 'Ed25519') return null
  return alg.endsWith('256') ? 'sha256' : alg.endsWith('384') ? 'sha384' : 'sha512'
}
