import {
  constants,
  createHash,
  createHmac,
  generateKeyPairSync,
  type KeyPairKeyObjectResult,
  randomBytes,
  sign,
} from 'node:crypto'
import type { Algorithm, Jwk } from '@latchkey/core'
import { createRsaKeyPair } from './rsa-key-pair.js'

/** A key for tests. It can sign, and gives both of its halves. */
export interface TestKey {
  /** The key identifier (RFC 7517 §4.5); undefined: the key has none. */
  readonly kid: string | undefined
  /** The algorithm that it signs with. */
  readonly alg: Algorithm
  /** The public half, as the issuer publishes it: with `kid`, `alg` and `use`. Undefined for HMAC. */
  readonly publicJwk: Jwk | undefined
  /** The whole key, e.g. for a keyring. */
  readonly privateJwk: Jwk
  /** The secret that verifiers share; undefined for key pairs. */
  readonly secret: Uint8Array | undefined
  /** Signs the ASCII bytes of a signing input (RFC 7515 §5.1) and gives the signature in base64url. */
  sign(signingInput: string): string
}

/** Options of `createTestKey`. */
export interface TestKeyOptions {
  /** The key identifier. `null`: none. Default: made from the key, so that it is different for each. */
  readonly kid?: string | null
}

const curves: Partial<Record<Algorithm, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }

/**
 * Makes a new key, different at each call. RSA keys have 2048 bits.
 *
 * @param alg the algorithm that it signs with; default ES256
 */
export function createTestKey(alg: Algorithm = 'ES256', options: TestKeyOptions = {}): TestKey {
  return alg.startsWith('HS') ? createSecretKey(alg, options) : createKeyPair(alg, options)
}

function createKeyPair(alg: Algorithm, options: TestKeyOptions): TestKey {
  const { publicKey, privateKey } = generate(alg)
  const publicJwk = publicKey.export({ format: 'jwk' })
  const kid = kidOf(options, JSON.stringify(publicJwk))
  const members = { ...(kid === undefined ? {} : { kid }), alg, use: 'sig' }
  const padding = alg.startsWith('PS')
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : {}
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' as const, ...padding }
  return {
    kid,
    alg,
    publicJwk: { ...publicJwk, ...members },
    privateJwk: { ...privateKey.export({ format: 'jwk' }), ...members },
    secret: undefined,
    sign: (input) => sign(hashOf(alg), Buffer.from(input), key).toString('base64url'),
  }
}

function createSecretKey(alg: Algorithm, options: TestKeyOptions): TestKey {
  const hash = hashOf(alg) ?? 'sha256'
  const secret = randomBytes(64)
  const kid = kidOf(options, secret.toString('hex'))
  return {
    kid,
    alg,
    publicJwk: undefined,
    privateJwk: { kty: 'oct', k: secret.toString('base64url'), ...(kid === undefined ? {} : { kid }), alg },
    secret: new Uint8Array(secret),
    sign: (input) => createHmac(hash, secret).update(input).digest('base64url'),
  }
}

function generate(alg: Algorithm): KeyPairKeyObjectResult {
  const namedCurve = curves[alg]
  if (namedCurve !== undefined) return generateKeyPairSync('ec', { namedCurve })
  if (alg === 'EdDSA' || alg === 'Ed25519') return generateKeyPairSync('ed25519')
  return createRsaKeyPair()
}

/** Gives OpenSSL's name of the hash; null for EdDSA, which includes its own. */
function hashOf(alg: Algorithm): string | null {
  const bits = /^[A-Z]S(256|384|512)$/.exec(alg)?.[1]
  return bits === undefined ? null : `sha${bits}`
}

function kidOf({ kid }: TestKeyOptions, material: string): string | undefined {
  if (kid === null) return undefined
  return kid ?? createHash('sha256').update(material).digest('base64url').slice(0, 16)
}
