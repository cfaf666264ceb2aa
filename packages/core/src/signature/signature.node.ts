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
import { encodesBytes, signatureBytes } from './signature-length.js'

/** A key as node:crypto takes it, with what else a verification needs. */
interface ImportedKey {
  /** OpenSSL's name of the hash; null for EdDSA, which has its own. */
  readonly hash: string | null
  /** A public key, or HMAC secrets, any of which may have signed. */
  readonly key: VerifyKeyObjectInput | readonly KeyObject[]
  /** Where signatures are decoded to: see `bufferOf`. */
  readonly signature: Buffer
}

/**
 * Verifies a JWS signature with node:crypto, synchronously (RFC 7515 §5.2 step 8).
 *
 * In line and not on the thread pool: there a single verification takes 1.6 (ES256) to 2.5 times (RS256) as long, which
 * most requests would pay, and 64 at once gain nothing unless a core has nothing else to do (`pnpm bench offload`). A process
 * for each core puts the cores to better use.
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
  if (imported === null || !encodesBytes(signature, imported.signature.length)) return false
  imported.signature.write(signature, 'base64url')
  if (isSecrets(imported.key)) return isMadeBySome(imported.key, imported, signingInput)
  return verify(imported.hash, Buffer.from(signingInput, 'latin1'), imported.key, imported.signature)
}

/** Whether the platform accepts the key at all: a point off its curve passes the JWK checks and fails here. */
export function canImport(key: VerificationKey, alg: Algorithm): boolean {
  return importKey(key, alg) !== null
}

function importKey(key: VerificationKey, alg: Algorithm): ImportedKey | null {
  const known = key.imported.get(alg) as ImportedKey | null | undefined
  if (known !== undefined) return known
  const imported = key.secrets === undefined ? importPublicKey(key, alg) : importSecrets(key, key.secrets, alg)
  key.imported.set(alg, imported)
  return imported
}

function importPublicKey(key: VerificationKey, alg: Algorithm): ImportedKey | null {
  let publicKey: KeyObject
  try {
    publicKey = createPublicKey({ key: { ...key.jwk } as JsonWebKey, format: 'jwk' })
  } catch {
    // Types and lengths were checked before, so what is left is a point or modulus that OpenSSL refuses.
    return null
  }
  return {
    hash: hashOf(alg),
    key: { key: publicKey, ...parametersOf(alg) },
    signature: bufferOf(signatureBytes(key, alg)),
  }
}

function importSecrets(key: VerificationKey, secrets: readonly Uint8Array[], alg: Algorithm): ImportedKey {
  const signature = bufferOf(signatureBytes(key, alg))
  return { hash: hashOf(alg), key: secrets.map((each) => createSecretKey(each)), signature }
}

const buffers = new Map<number, Buffer>()

/**
 * The one buffer for signatures of a length: each verification is over before the next one begins. Making a new buffer each
 * time costs 0.3 µs; one for each key, another miss of the processor's cache for each of a thousand issuers.
 */
function bufferOf(bytes: number): Buffer {
  const buffer = buffers.get(bytes) ?? Buffer.alloc(bytes)
  buffers.set(bytes, buffer)
  return buffer
}

/** Padding of PSS (RFC 7518 §3.5), and ECDSA signatures as JWS has them (§3.4). */
function parametersOf(alg: Algorithm): Omit<VerifyKeyObjectInput, 'key'> {
  if (alg.startsWith('ES')) return { dsaEncoding: 'ieee-p1363' }
  if (!alg.startsWith('PS')) return {}
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
}

function isSecrets(key: ImportedKey['key']): key is readonly KeyObject[] {
  return Array.isArray(key)
}

function isMadeBySome(secrets: readonly KeyObject[], { hash, signature }: ImportedKey, signingInput: string): boolean {
  for (const secret of secrets) {
    const expected = createHmac(hash ?? '', secret)
      .update(signingInput, 'latin1')
      .digest()
    if (timingSafeEqual(expected, signature)) return true
  }
  return false
}

function hashOf(alg: Algorithm): string | null {
  if (alg === 'EdDSA' || alg === 'Ed25519') return null
  return `sha${alg.slice(2)}`
}
