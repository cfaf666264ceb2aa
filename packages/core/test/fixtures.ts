import { constants, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { RequestView } from '../src/request-view.js'

/** The moment at which the tests take place, seconds since the epoch. */
export const now = 1_800_000_000

export const issuer = 'https://id.example'
export const audience = 'https://api.example'

/** Bytes, text, or anything else as JSON, in base64url. */
export function encode(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64url')
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
}

/** A good claims set, with members replaced; those given as undefined are left out. */
export function claimsSet(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { iss: issuer, aud: audience, sub: 'ada', iat: now, exp: now + 300, ...changes }
}

export type PublicAlgorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'
  | 'Ed25519'

export const publicAlgorithms: readonly PublicAlgorithm[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]

/** A key pair with its public JWK. */
export interface TestKey {
  readonly alg: PublicAlgorithm
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
  readonly jwk: { readonly [member: string]: unknown }
}

const curves: Partial<Record<PublicAlgorithm, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }

/** Makes a key pair for an algorithm; members of the public JWK can be replaced or, as undefined, left out. */
export function createKey(alg: PublicAlgorithm, members: Record<string, unknown> = {}): TestKey {
  const { publicKey, privateKey } = keyPair(alg)
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg, use: 'sig', ...members }
  return { alg, publicKey, privateKey, jwk: withoutUndefined(jwk) }
}

function keyPair(alg: PublicAlgorithm): { publicKey: KeyObject; privateKey: KeyObject } {
  const namedCurve = curves[alg]
  if (namedCurve !== undefined) return generateKeyPairSync('ec', { namedCurve })
  if (alg.startsWith('Ed')) return generateKeyPairSync('ed25519')
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
}

function withoutUndefined(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

/** `sha256` and so on; null for EdDSA, which has its own. */
export function hashOf(alg: string): string | null {
  return alg.startsWith('Ed') ? null : `sha${alg.slice(2)}`
}

/** A JWS signature made by node:crypto. */
export function signBytes(alg: PublicAlgorithm, input: string, privateKey: KeyObject): Buffer {
  const data = Buffer.from(input)
  if (alg.startsWith('PS')) {
    const padding = constants.RSA_PKCS1_PSS_PADDING
    return sign(hashOf(alg), data, { key: privateKey, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST })
  }
  return sign(hashOf(alg), data, { key: privateKey, dsaEncoding: 'ieee-p1363' })
}

/** A token signed with a key; the header's members can be replaced or, as undefined, left out. */
export function signToken(key: TestKey, claims: unknown = claimsSet(), header: Record<string, unknown> = {}): string {
  const input = `${encode({ alg: key.alg, kid: key.jwk['kid'], typ: 'JWT', ...header })}.${encode(claims)}`
  return `${input}.${encode(signBytes(key.alg, input, key.privateKey))}`
}

/** A token signed with a secret. */
export function signHmac(
  secret: string | Uint8Array,
  claims: unknown = claimsSet(),
  header: Record<string, unknown> = { alg: 'HS256' },
): string {
  const input = `${encode(header)}.${encode(claims)}`
  const hash = hashOf(String(header['alg'])) ?? ''
  return `${input}.${createHmac(hash, secret).update(input).digest('base64url')}`
}

/** A request as an adapter would show it; header names in lower case. */
export function viewOf(
  headers: Record<string, string> = {},
  method = 'GET',
  url = 'https://api.example/things',
): RequestView {
  return { method, header: (name) => headers[name], url: () => url }
}

/**
 * Milliseconds that something takes at its fastest of several times, so that a busy machine is not mistaken for slow code.
 */
export function fastest(work: () => unknown, times = 7): number {
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < times; i++) {
    const startedAt = performance.now()
    work()
    best = Math.min(best, performance.now() - startedAt)
  }
  return best
}
