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
import { encodesBytes, signatureBytes } from './signature-length.js'

/** A key in the form of node:crypto, and what else a verification needs. */
interface ImportedPublicKey {
  /** OpenSSL's name of the hash; null for EdDSA, which includes its own. */
  readonly hash: string | null
  readonly key: VerifyKeyObjectInput
  /** The buffer that signatures are decoded into: see `bufferOf`. */
  readonly signature: Buffer
}

/** HMAC secrets, any of which may have signed. */
interface ImportedSecrets {
  readonly hash: string
  readonly secrets: readonly Uint8Array[]
  readonly signature: Buffer
  /** The buffer for the correct signature, with which the given one is compared. */
  readonly expected: Buffer
}

type ImportedKey = ImportedPublicKey | ImportedSecrets

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
  const imported = importKey(key, alg)
  if (imported === null || !encodesBytes(signature, imported.signature.length)) return false
  imported.signature.write(signature, 'base64url')
  if ('secrets' in imported) return isMadeBySome(imported, signingInput)
  const { hash, key: publicKey, signature: bytes } = imported
  if (hash === null) return verify(hash, Buffer.from(signingInput, 'latin1'), publicKey, bytes)
  // Takes text, for which `verify` would need a buffer: that would cost 0.7 µs more.
  return createVerify(hash).update(signingInput, 'latin1').verify(publicKey, bytes)
}

/** Whether the platform accepts the key: a point that is not on its curve passes the checks of the JWK, and fails here. */
export function canImport(key: VerificationKey, alg: Algorithm): boolean {
  return importKey(key, alg) !== null
}

function importKey(key: VerificationKey, alg: Algorithm): ImportedKey | null {
  const known = key.imported[alg] as ImportedKey | null | undefined
  if (known !== undefined) return known
  const imported = key.secrets === undefined ? importPublicKey(key, alg) : importSecrets(key, key.secrets, alg)
  key.imported[alg] = imported
  return imported
}

function importPublicKey(key: VerificationKey, alg: Algorithm): ImportedPublicKey | null {
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
    signature: bufferOf(signatures, signatureBytes(key, alg)),
  }
}

function importSecrets(key: VerificationKey, secrets: readonly Uint8Array[], alg: Algorithm): ImportedSecrets {
  const bytes = signatureBytes(key, alg)
  return {
    hash: `sha${alg.slice(2)}`,
    // Secrets stay bytes: with many of them, a KeyObject around each takes longer to reach.
    secrets,
    signature: bufferOf(signatures, bytes),
    expected: bufferOf(digests, bytes),
  }
}

const signatures = new Map<number, Buffer>()
const digests = new Map<number, Buffer>()

/**
 * Gives the one buffer for signatures of a length, which all keys share: each verification ends before the next one begins. A
 * new buffer each time would cost 0.5 µs, most of it for the garbage collector. One for each key would cost a cache miss of the
 * processor with a thousand issuers.
 */
function bufferOf(buffers: Map<number, Buffer>, bytes: number): Buffer {
  const buffer = buffers.get(bytes) ?? Buffer.alloc(bytes)
  buffers.set(bytes, buffer)
  return buffer
}

/** Gives the padding of PSS (RFC 7518 §3.5), or the form of ECDSA signatures in JWS (§3.4). */
function parametersOf(alg: Algorithm): Omit<VerifyKeyObjectInput, 'key'> {
  if (alg.startsWith('ES')) return { dsaEncoding: 'ieee-p1363' }
  if (!alg.startsWith('PS')) return {}
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
}

function isMadeBySome({ hash, secrets, signature, expected }: ImportedSecrets, signingInput: string): boolean {
  for (const secret of secrets) {
    // As text (`binary` is latin1), because `digest` would make a new buffer.
    expected.write(createHmac(hash, secret).update(signingInput, 'latin1').digest('binary'), 'latin1')
    if (timingSafeEqual(expected, signature)) return true
  }
  return false
}

function hashOf(alg: Algorithm): string | null {
  if (alg === 'EdDSA' || alg === 'Ed25519') return null
  return `sha${alg.slice(2)}`
}
