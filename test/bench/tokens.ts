import {
  constants,
  createHmac,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign as signWith,
} from 'node:crypto'
import type { Jwk } from '@latchkey/core'

/** The algorithms that are compared. */
export const algorithms = ['HS256', 'RS256', 'PS256', 'ES256', 'EdDSA'] as const

export type BenchAlgorithm = (typeof algorithms)[number]

export const issuer = 'https://id.example'
export const audience = 'https://api.example'

/** A key that signs, with its public half in the forms that the libraries take. */
export interface BenchKey {
  readonly alg: BenchAlgorithm
  readonly kid: string
  /** Also the secret, for HMAC. */
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** Empty for HMAC. */
  readonly jwk: Jwk
  readonly pem: string
}

export function createBenchKey(alg: BenchAlgorithm, kid = `${alg}-1`): BenchKey {
  if (alg === 'HS256') {
    const secret = createSecretKey(Buffer.from(randomUUID() + randomUUID()))
    return { alg, kid, privateKey: secret, publicKey: secret, jwk: {}, pem: '' }
  }
  const { privateKey } =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : alg === 'EdDSA'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('rsa', { modulusLength: 2048 })
  const publicKey = createPublicKey(privateKey)
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' } as Jwk
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  return { alg, kid, privateKey, publicKey, jwk, pem }
}

/** Parameters of PSS and the format of ECDSA signatures, as JWS has them (RFC 7518 §3). */
export function parametersOf(alg: BenchAlgorithm): object {
  if (alg === 'ES256') return { dsaEncoding: 'ieee-p1363' }
  if (alg !== 'PS256') return {}
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
}

/** An access token with the claims that RFC 9068 §2.2 asks for. */
export function signBenchToken(key: BenchKey, claims: object = {}): string {
  const now = Math.floor(Date.now() / 1000)
  const body = {
    iss: issuer,
    aud: audience,
    sub: randomUUID(),
    iat: now,
    exp: now + 86_400,
    jti: randomUUID(),
    client_id: 's6BhdRkqt3',
    scope: 'posts:read posts:write',
    ...claims,
  }
  const input = `${encode({ alg: key.alg, typ: 'JWT', kid: key.kid })}.${encode(body)}`
  return `${input}.${signInput(key, input).toString('base64url')}`
}

function signInput({ alg, privateKey }: BenchKey, input: string): Buffer {
  if (alg === 'HS256') return createHmac('sha256', privateKey).update(input).digest()
  const hash = alg === 'EdDSA' ? null : 'sha256'
  return signWith(hash, Buffer.from(input), { key: privateKey, ...parametersOf(alg) })
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/**
 * The token as a server gets it: cut from a header field that has just been read, so that V8 has not hashed it yet and the
 * first thing that looks it up pays for that.
 */
export function freshlyCut(token: string): string {
  return Buffer.from(`Bearer ${token}`, 'latin1').toString('latin1').slice('Bearer '.length)
}
