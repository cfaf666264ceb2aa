import { createHmac, timingSafeEqual, verify as verifyWith } from 'node:crypto'
import { createVerifier } from '@latchkey/core'
import { JwtVerifier } from 'aws-jwt-verify'
import { createVerifier as createFastJwtVerifier } from 'fast-jwt'
import { jwtVerify } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import { audience, type BenchAlgorithm, type BenchKey, issuer, parametersOf } from './tokens.js'

/** Verifies a token; throws or rejects where it is bad. */
export type Verify = (token: string) => unknown

/** Latchkey as it comes: its cache on, so that a first-seen token also pays for it. */
export function latchkeyVerify(key: BenchKey, changes: object = {}): Verify {
  const keys = key.alg === 'HS256' ? { secret: key.privateKey.export() } : { jwks: { keys: [key.jwk] } }
  const { verify } = createVerifier({ issuer, audience, ...keys, ...changes })
  return verify
}

/** What the platform itself takes for the signature alone, with everything decoded beforehand. */
export function bareVerify(key: BenchKey, token: string): () => boolean {
  const dot = token.lastIndexOf('.')
  const data = Buffer.from(token.slice(0, dot))
  const signature = Buffer.from(token.slice(dot + 1), 'base64url')
  if (key.alg === 'HS256') {
    return () => timingSafeEqual(createHmac('sha256', key.privateKey).update(data).digest(), signature)
  }
  const hash = key.alg === 'EdDSA' ? null : 'sha256'
  const input = { key: key.publicKey, ...parametersOf(key.alg) }
  return () => verifyWith(hash, data, input, signature)
}

/** The other libraries, each told to check the same: algorithm, issuer, audience. Those that can, without a cache. */
export function peers(key: BenchKey): ReadonlyMap<string, Verify> {
  const { alg } = key
  const all = new Map<string, Verify>([['fast-jwt', fastJwtVerify(key, false)]])
  if (alg !== 'EdDSA') all.set('jsonwebtoken', jsonwebtokenVerify(key, alg))
  if (alg === 'RS256' || alg === 'ES256' || alg === 'EdDSA') all.set('aws-jwt-verify', awsVerify(key))
  all.set('jose', (token) => jwtVerify(token, key.publicKey, { issuer, audience, algorithms: [alg] }))
  return all
}

/** fast-jwt; its cache holds 10,000 tokens where it is on. */
export function fastJwtVerify(key: BenchKey, cache: boolean): Verify {
  const fastJwtKey = key.alg === 'HS256' ? key.privateKey.export() : key.pem
  const algorithm = key.alg as 'RS256'
  return createFastJwtVerifier({
    key: fastJwtKey,
    algorithms: [algorithm],
    allowedIss: issuer,
    allowedAud: audience,
    cache: cache ? 10_000 : false,
  })
}

function jsonwebtokenVerify(key: BenchKey, alg: Exclude<BenchAlgorithm, 'EdDSA'>): Verify {
  return (token) => jsonwebtoken.verify(token, key.publicKey, { algorithms: [alg], issuer, audience })
}

function awsVerify(key: BenchKey): Verify {
  const verifier = JwtVerifier.create({ issuer, audience, jwksUri: `${issuer}/jwks` })
  verifier.cacheJwks({ keys: [key.jwk as never] })
  return (token) => verifier.verifySync(token)
}
