import { createHash } from 'node:crypto'
import { claimsSet, createKey, encode, now, signBytes, signToken, type TestKey } from './fixtures.js'

/** The issuer's key, a client's and another client's. */
export const issuerKey: TestKey = createKey('ES256')
export const clientKey: TestKey = createKey('ES256', { kid: undefined, alg: undefined, use: undefined })
export const otherKey: TestKey = createKey('ES256', { kid: undefined, alg: undefined, use: undefined })

/** SHA-256 in base64url. */
export function hash(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('base64url')
}

/** Thumbprint of an EC key (RFC 7638). */
export function thumbprint({ jwk }: TestKey): string {
  const { crv, kty, x, y } = jwk
  return hash(JSON.stringify({ crv, kty, x, y }))
}

/** A token that is bound to the client's key, or to what else is said. */
export function boundToken(claims: Record<string, unknown> = {}): string {
  return signToken(issuerKey, claimsSet({ cnf: { jkt: thumbprint(clientKey) }, ...claims }))
}

let made = 0

/** The claims of a good proof for a token and `GET https://api.example/things`, with members replaced or left out. */
export function proofClaims(token: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const claims = { jti: `proof ${made++}`, htm: 'GET', htu: 'https://api.example/things', iat: now, ath: hash(token) }
  return Object.fromEntries(Object.entries({ ...claims, ...changes }).filter(([, value]) => value !== undefined))
}

/** A proof signed with a key; the header's members can be replaced or, as undefined, left out. */
export function signProof(claims: unknown, header: Record<string, unknown> = {}, key: TestKey = clientKey): string {
  const input = `${encode({ typ: 'dpop+jwt', alg: key.alg, jwk: key.jwk, ...header })}.${encode(claims)}`
  return `${input}.${encode(signBytes(key.alg, input, key.privateKey))}`
}
