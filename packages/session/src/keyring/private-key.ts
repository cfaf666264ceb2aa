import { type Algorithm, ConfigError, type Jwk } from '@latchkey/core'
import { asymmetricAlgorithms, requireUsableKeys } from '@latchkey/core/adapter'
import {
  CompactSign,
  type CryptoKey,
  calculateJwkThumbprint,
  compactVerify,
  exportJWK,
  generateKeyPair,
  importJWK,
  importPKCS8,
  type JWK,
} from 'jose'

/** A private key in PEM (`BEGIN PRIVATE KEY`: PKCS #8, RFC 5208). */
export interface PemKey {
  /** The PEM text. */
  readonly pem: string
  /** The algorithm that it signs with. */
  readonly alg: Algorithm
  /** The key's id. Default: its thumbprint (RFC 7638). */
  readonly kid?: string
}

/** A private key, as an app gives it: a JWK with its private part (RFC 7517 §4), or PEM. */
export type PrivateKey = Jwk | PemKey

/** A private key that was checked and imported. */
export interface LoadedKey {
  readonly kid: string
  readonly alg: Algorithm
  readonly key: CryptoKey
  /** Its public half, as it is published. */
  readonly publicJwk: Jwk
}

/** Makes a new key. */
export async function generateKey(alg: Algorithm): Promise<LoadedKey> {
  return loadJwk((await createPrivateJwk(alg)).privateJwk as JWK, 'alg')
}

/** A new key as two JWKs: the private half for the app that signs, the public half for everybody else. */
export interface PrivateJwkPair {
  /** The half that signs. Keep it secret. */
  readonly privateJwk: Jwk
  /** The half that verifies. */
  readonly publicJwk: Jwk
}

/**
 * Makes a new private key, e.g. to keep it in an environment variable for `createKeyring`. Its kid is its thumbprint (RFC 7638).
 *
 * @param alg the algorithm that it signs with; default ES256
 * @throws ConfigError, as a rejection, for an algorithm without private keys
 */
export async function createPrivateJwk(alg: Algorithm = 'ES256'): Promise<PrivateJwkPair> {
  if (!asymmetricAlgorithms.includes(alg)) {
    throw new ConfigError(`alg must be one of ${asymmetricAlgorithms.join(', ')}; for HS256 use createSecretKeyring.`)
  }
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(privateKey)
  const { publicJwk } = await loadJwk({ ...jwk, alg }, 'alg')
  return { privateJwk: { ...jwk, kid: publicJwk['kid'], alg, use: 'sig' }, publicJwk }
}

/**
 * Checks and imports a private key.
 *
 * @param where the option and the place in it, for the message
 * @throws ConfigError if the key is not private, is too weak, or has a type that is not supported
 */
export async function loadKey(key: PrivateKey, where: string): Promise<LoadedKey> {
  if (typeof key !== 'object' || key === null) {
    throw new ConfigError(`${where}: give a private JWK, or { pem, alg }.`)
  }
  if (!('pem' in key)) return loadJwk(key as JWK, where)
  const { pem, alg, kid } = key as PemKey
  const jwk = await pemToJwk(pem, alg, where)
  return loadJwk({ ...jwk, alg, ...(kid === undefined ? {} : { kid }) }, where)
}

async function pemToJwk(pem: string, alg: Algorithm, where: string): Promise<JWK> {
  try {
    return await exportJWK(await importPKCS8(pem, alg, { extractable: true }))
  } catch (cause) {
    throw new ConfigError(
      `${where}: this is not a PEM private key for ${alg} ("-----BEGIN PRIVATE KEY-----"). Convert others with: openssl pkcs8 -topk8 -nocrypt.`,
      { cause },
    )
  }
}

async function loadJwk(jwk: JWK, where: string): Promise<LoadedKey> {
  const { kty, crv, x, y, n, e } = jwk
  if (kty === 'oct') throw new ConfigError(`${where}: this is a secret (kty oct). Use createSecretKeyring.`)
  if (jwk.d === undefined)
    throw new ConfigError(`${where}: a private JWK is needed to sign, and this one has no \`d\`.`)
  const alg = (jwk.alg ?? defaultAlgorithm(kty, crv)) as Algorithm
  const parts = Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined)
  const material = Object.fromEntries(parts) as JWK
  // Core would refuse to verify with such a key, so it must not sign.
  requireUsableKeys({ keys: [{ ...material, alg }] }, [alg], () => where)
  const kid = jwk.kid ?? (await calculateJwkThumbprint(material))
  const publicJwk: Jwk = { ...material, kid, alg, use: 'sig' }
  return { kid, alg, key: await importPrivate(jwk, material, alg, where), publicJwk }
}

/** Imports the private half, and checks with a signature that it belongs to the public half. */
async function importPrivate(jwk: JWK, material: JWK, alg: Algorithm, where: string): Promise<CryptoKey> {
  try {
    const key = await importJWK(jwk, alg, { extractable: false })
    const probe = await new CompactSign(new Uint8Array(1)).setProtectedHeader({ alg }).sign(key)
    await compactVerify(probe, await importJWK(material, alg))
    if (!(key instanceof Uint8Array)) return key
  } catch (cause) {
    throw new ConfigError(`${where}: this JWK does not sign with ${alg}, or its two halves do not belong together.`, {
      cause,
    })
  }
  throw new ConfigError(`${where}: this is a secret. Use createSecretKeyring.`)
}

function defaultAlgorithm(kty: string | undefined, crv: string | undefined): Algorithm {
  if (kty === 'RSA') return 'RS256'
  if (kty === 'OKP') return 'EdDSA'
  if (crv === 'P-384') return 'ES384'
  return crv === 'P-521' ? 'ES512' : 'ES256'
}
