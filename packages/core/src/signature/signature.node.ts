import {
  constants,
  createHmac,
  createPublicKey,
  createVerify,
  type JsonWebKey,
  type KeyObject,
  timingSafeEqual,
  type VerifyKeyObjectInput,
  verify,
} from 'node:crypto'
import type { Algorithm } from '../keys/algorithms.js'
import type { VerificationKey } from '../keys/verification-key.js'
import { decodeSignature } from './decode-signature.js'
import { signatureBytes } from './signature-length.js'

/** A public key in the form of node:crypto, and what else a verification needs. */
interface ImportedKey {
  /** OpenSSL's name of the hash; null for EdDSA, which includes its own. */
  readonly hash: string | null
  readonly key: VerifyKeyObjectInput
  /** The length of every signature by it, in bytes. */
  readonly length: number
}

/**
 * Verifies a JWS signature with node:crypto, synchronously (RFC 7515 §5.2 step 8).
 *
 * It does not use the thread pool. There a single verification takes 1.6 (ES256) to 2.5 times (RS256) as long, which most
 * requests would pay, and 64 at the same time gain nothing unless a core is idle (`pnpm bench offload`). One process per core
 * uses the cores better.
 *
 * @param key a key that fits `alg`
 * @param alg the algorithm, already allowed
 * @param signingInput `BASE64URL(header) || '.' || BASE64URL(payload)`, ASCII
 * @param signature the signature in canonical base64url
 * @returns whether the signature is good; also false if the platform cannot use the key
 */
export function verifySignature(
  key: VerificationKey,
  alg: Algorithm,
  signingInput: string,
  signature: string,
): boolean {
  const bytes = decodeSignature(signature)
  if (key.secrets !== undefined) return bytes !== undefined && isMadeBySome(key.secrets, alg, signingInput, bytes)
  const imported = importKey(key, alg)
  if (imported === null || bytes?.length !== imported.length) return false
  const { hash, key: publicKey } = imported
  if (hash === null) return verify(hash, Buffer.from(signingInput, 'latin1'), publicKey, bytes)
  // Takes text, for which `verify` would need a buffer: that would cost 0.7 µs more.
  return createVerify(hash).update(signingInput, 'latin1').verify(publicKey, bytes)
}

/** Whether the platform accepts the key: a point that is not on its curve passes the checks of the JWK, and fails here. */
export function canImport(key: VerificationKey, alg: Algorithm): boolean {
  return key.secrets !== undefined || importKey(key, alg) !== null
}

function importKey(key: VerificationKey, alg: Algorithm): ImportedKey | null {
  const known = key.imported[alg] as ImportedKey | null | undefined
  if (known !== undefined) return known
  const imported = importPublicKey(key, alg)
  key.imported[alg] = imported
  return imported
}

function importPublicKey(key: VerificationKey, alg: Algorithm): ImportedKey | null {
  let publicKey: KeyObject
  try {
    publicKey = createPublicKey({ key: { ...key.jwk } as JsonWebKey, format: 'jwk' })
  } catch {
    // Types and lengths were checked before, so it is a point or modulus that OpenSSL refuses.
    return null
  }
  return {
    hash: hashOf(alg),
    key: { key: publicKey, ...parametersOf(alg) },
    length: signatureBytes(key, alg),
  }
}

/** Gives the padding of PSS (RFC 7518 §3.5), or the form of ECDSA signatures in JWS (§3.4). */
function parametersOf(alg: Algorithm): Omit<VerifyKeyObjectInput, 'key'> {
  if (alg.startsWith('ES')) return { dsaEncoding: 'ieee-p1363' }
  if (!alg.startsWith('PS')) return {}
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
}

/**
 * For each hash of HMAC a buffer for the correct signature, with which the given one is compared. A new one each time would cost
 * what `decodeSignature` says.
 */
const digests: { [Name in Algorithm]?: Readonly<{ hash: string; correct: Buffer }> } = {
  HS256: { hash: 'sha256', correct: Buffer.alloc(32) },
  HS384: { hash: 'sha384', correct: Buffer.alloc(48) },
  HS512: { hash: 'sha512', correct: Buffer.alloc(64) },
}

/** Secrets stay bytes: with many of them, a KeyObject around each takes longer to reach. */
function isMadeBySome(
  secrets: readonly Uint8Array[],
  alg: Algorithm,
  signingInput: string,
  signature: Uint8Array,
): boolean {
  const digest = digests[alg]
  if (signature.length !== digest?.correct.length) return false
  for (const secret of secrets) {
    // As text (`binary` is latin1), because `digest` would make a new buffer.
    digest.correct.write(createHmac(digest.hash, secret).update(signingInput, 'latin1').digest('binary'), 'latin1')
    if (timingSafeEqual(digest.correct, signature)) return true
  }
  return false
}

function hashOf(alg: Algorithm): string | null {
  if (alg === 'EdDSA' || alg === 'Ed25519') return null
  return `sha${alg.slice(2)}`
}
