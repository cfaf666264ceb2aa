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

/** A key in the form of node:crypto, and what else a verification needs. */
interface ImportedPublicKey {
  /** OpenSSL's name of the hash; null for EdDSA, which includes its own. */
  readonly hash: string | null
  readonly key: VerifyKeyObjectInput
  /** The length of every signature by it, in bytes. */
  readonly length: number
}

/** HMAC secrets, any of which may have signed. */
interface ImportedSecrets {
  readonly hash: string
  readonly secrets: readonly Uint8Array[]
  readonly length: number
  /** The buffer for the correct signature, with which the given one is compared. A new one would cost what `decodeSignature` says. */
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
  const bytes = decodeSignature(signature)
  if (imported === null || bytes?.length !== imported.length) return false
  if ('secrets' in imported) return isMadeBySome(imported, signingInput, bytes)
  const { hash, key: publicKey } = imported
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
    length: signatureBytes(key, alg),
  }
}

function importSecrets(key: VerificationKey, secrets: readonly Uint8Array[], alg: Algorithm): ImportedSecrets {
  const length = signatureBytes(key, alg)
  // Secrets stay bytes: with many of them, a KeyObject around each takes longer to reach.
  return { hash: `sha${alg.slice(2)}`, secrets, length, expected: digests.get(length) ?? Buffer.alloc(length) }
}

const digests = new Map([32, 48, 64].map((length) => [length, Buffer.alloc(length)]))

/** Gives the padding of PSS (RFC 7518 §3.5), or the form of ECDSA signatures in JWS (§3.4). */
function parametersOf(alg: Algorithm): Omit<VerifyKeyObjectInput, 'key'> {
  if (alg.startsWith('ES')) return { dsaEncoding: 'ieee-p1363' }
  if (!alg.startsWith('PS')) return {}
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
}

function isMadeBySome(
  { hash, secrets, length }: ImportedSecrets,
  signingInput: string,
  signature: Uint8Array,
): boolean {
  const expected = digests.get(length) as Buffer
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
