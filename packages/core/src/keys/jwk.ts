import { base64url } from 'jose'
import { type Algorithm, algorithmTable, isAlgorithm } from './algorithms.js'
import type { PublicJwk, VerificationKey } from './verification-key.js'

/** A JSON Web Key as it is in a key set (RFC 7517 §4), before any check. */
export interface Jwk {
  /** The key type (RFC 7517 §4.1). */
  readonly kty?: unknown
  readonly [member: string]: unknown
}

/** A JWK Set (RFC 7517 §5). */
export interface JwkSet {
  /** The keys, in the order in which they are tried for a token without `kid`. */
  readonly keys: readonly Jwk[]
}

/** Why a JWK is not used. With `private` or `symmetric` the whole set is refused; with `weak` or `unfit` only the key. */
export type JwkFault = 'private' | 'symmetric' | 'weak' | 'unfit'

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']
const coordinateBytes: Record<string, number> = { 'P-256': 32, 'P-384': 48, 'P-521': 66, Ed25519: 32 }
const alphabet = /^[A-Za-z0-9_-]+$/

/**
 * Checks one published JWK and turns it into a key that may verify signatures. It checks, in this order: no private part; `use`
 * and `key_ops` that allow verifying (RFC 7517 §4.2, §4.3); type, curve and strength (RFC 7518 §3.3); an `alg` that fits the
 * type and curve.
 *
 * @returns the key, or why it is not used
 */
export function checkJwk(jwk: Jwk): VerificationKey | JwkFault {
  if (typeof jwk !== 'object' || jwk === null || Array.isArray(jwk)) return 'unfit'
  if (jwk.kty === 'oct') return 'symmetric'
  if (privateMembers.some((name) => Object.hasOwn(jwk, name))) return 'private'

  const { kid, alg, use, key_ops: operations, issuer } = jwk as Record<string, unknown>
  if (kid !== undefined && typeof kid !== 'string') return 'unfit'
  if (use !== undefined && use !== 'sig') return 'unfit'
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return 'unfit'

  const material = materialOf(jwk)
  if (material === 'weak' || material === 'unfit') return material
  if (alg !== undefined && !(isAlgorithm(alg) && serves(material, alg))) return 'unfit'
  const { kty, crv } = material
  const owner = issuer === undefined || typeof issuer === 'string' ? issuer : null
  return { kid, alg, kty, crv, issuer: owner, jwk: material, secrets: undefined, imported: {} }
}

/** Whether a key of this type and curve can carry the algorithm. */
export function serves(key: { readonly kty: string; readonly crv?: string | undefined }, alg: Algorithm): boolean {
  const needed = algorithmTable[alg]
  return needed.kty === key.kty && needed.crv === key.crv
}

/** Whether a key may verify a token with this `alg`. The JWK's own `alg` decides; without one, its type and curve. */
export function fits(key: VerificationKey, alg: Algorithm): boolean {
  return key.alg === undefined ? serves(key, alg) : key.alg === alg
}

function materialOf(jwk: Jwk): PublicJwk | 'weak' | 'unfit' {
  const { kty, crv, n, e, x, y } = jwk as Record<string, unknown>
  if (kty === 'RSA') {
    if (!isBase64url(n) || !isBase64url(e)) return 'unfit'
    return isStrongRsa(n, e) ? { kty, n: shortestNumber(n), e: shortestNumber(e) } : 'weak'
  }
  if (typeof crv !== 'string' || !isCoordinate(x, crv)) return 'unfit'
  if (kty === 'EC' && crv !== 'Ed25519')
    return isCoordinate(y, crv) ? { kty, crv, x: normal(x), y: normal(y) } : 'unfit'
  if (kty === 'OKP' && crv === 'Ed25519') return { kty, crv, x: normal(x) }
  return 'unfit'
}

/** Whether the modulus has 2048 to 16384 bits, and the exponent is odd and from 3 to 2^32 - 1. */
function isStrongRsa(n: string, e: string): boolean {
  const bits = bitLength(n)
  const exponent = base64url.decode(e).reduce((sum, byte) => sum * 256 + byte, 0)
  return bits >= 2048 && bits <= 16384 && exponent % 2 === 1 && exponent >= 3 && exponent < 2 ** 32
}

/** Counts the bits of a number in base64url (RFC 7518 §2), without leading zeros. */
export function bitLength(number: string): number {
  const bytes = base64url.decode(number)
  const first = bytes.findIndex((byte) => byte !== 0)
  return first === -1 ? 0 : (bytes.length - first) * 8 - (Math.clz32(bytes[first] ?? 0) - 24)
}

function isCoordinate(value: unknown, crv: string): value is string {
  return (
    isBase64url(value) && Object.hasOwn(coordinateBytes, crv) && base64url.decode(value).length === coordinateBytes[crv]
  )
}

function isBase64url(value: unknown): value is string {
  return typeof value === 'string' && alphabet.test(value) && value.length % 4 !== 1
}

/** Removes leading zeros (RFC 7518 §2), so that the same number is always the same text. */
function shortestNumber(number: string): string {
  const bytes = base64url.decode(number)
  return base64url.encode(bytes.slice(bytes.findIndex((byte) => byte !== 0)))
}

/** Removes trailing bits, so that the same bytes are always the same text. */
function normal(bytes: string): string {
  return base64url.encode(base64url.decode(bytes))
}
