import { type CryptoKey, compactDecrypt, errors, importJWK, type JWK } from 'jose'
import { isCanonicalBase64url } from '#base64url'
import { AuthError } from '../auth-error.js'
import { ConfigError } from '../config-error.js'
import { isOnCurve } from '../keys/curve-point.js'
import { parseJsonObject } from './compact-jws.js'

/**
 * A key that opens encrypted tokens: a shared one of 32 bytes (`alg: dir`), or a private EC or X25519 JWK
 * (`alg: ECDH-ES+A256KW`). Its kid tells it from the others, so list the new one beside the old one to rotate.
 */
export type DecryptionKey =
  | { readonly kid: string; readonly secret: Uint8Array }
  | { readonly kid: string; readonly privateJwk: JWK }

/** Opens an encrypted token; from `createTokenDecryption`. */
export type TokenDecryption = (token: string) => Promise<string | AuthError>

interface ImportedKey {
  readonly alg: 'dir' | 'ECDH-ES+A256KW'
  /** Type and curve that the sender's ephemeral key must have; undefined: there is none. */
  readonly type: { readonly kty: string; readonly crv: string | undefined } | undefined
  readonly key: Promise<CryptoKey | Uint8Array>
}

/**
 * Makes what `createVerifier` takes as `decryption`: guards then also accept tokens that travel as a JWE in the compact
 * serialization (RFC 7516 §7.1) around the signed token, which is verified like any other. Encryption proves nothing about
 * who made a token, so nothing is believed for having been encrypted.
 *
 * A protected header passes only with `alg` equal to the named key's, `enc: A256GCM` and neither `zip` nor `crit`: a
 * password-based or RSA1_5 key management, or a compressed token, never reaches a decryption.
 *
 * @throws ConfigError for an empty list, a kid twice, or a key of another kind or length
 */
export function createTokenDecryption(keys: readonly DecryptionKey[]): TokenDecryption {
  const imported = new Map(keys.map((key) => [key.kid, importKey(key)]))
  if (imported.size === 0)
    throw new ConfigError('decryption is an empty list. Give at least one key, each with its kid.')
  if (imported.size < keys.length)
    throw new ConfigError('decryption names a kid twice. Give each key a kid of its own.')

  return async (token) => {
    const header = parseProtectedHeader(token)
    if (header === undefined) return new AuthError('token_malformed')
    const known = imported.get(header['kid'] as string)
    if (known === undefined || header['alg'] !== known.alg) return refuse()
    if (header['enc'] !== 'A256GCM' || header['zip'] !== undefined || header['crit'] !== undefined) return refuse()
    if (known.type !== undefined && !isPublicKeyOf(header['epk'], known.type)) return refuse()
    const key = await known.key
    try {
      const { plaintext } = await compactDecrypt(token, key, {
        keyManagementAlgorithms: [known.alg],
        contentEncryptionAlgorithms: ['A256GCM'],
      })
      // A byte order mark stays in, and makes the token malformed as it would outside.
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(plaintext)
    } catch (error) {
      // What jose finds wrong with the token, this one refuses; anything else is a bug and passes through.
      if (error instanceof errors.JOSEError) return refuse()
      throw error
    }
  }
}

/** Whether a token is in the compact serialization of a JWE: five segments where a signed one has three. */
export function isCompactJwe(token: string): boolean {
  return dots(token) === 4
}

function refuse(): AuthError {
  return new AuthError('token_rejected', { reason: 'decryption_failed' })
}

function dots(token: string): number {
  let count = 0
  for (let at = token.indexOf('.'); at !== -1 && count < 5; at = token.indexOf('.', at + 1)) count++
  return count
}

function parseProtectedHeader(token: string): ReturnType<typeof parseJsonObject> {
  const [header = '', encryptedKey = '', ...rest] = token.split('.')
  // Only the encrypted key may be empty: `dir` has none.
  const segments = encryptedKey === '' ? [header, ...rest] : [header, encryptedKey, ...rest]
  return segments.every(isCanonicalBase64url) ? parseJsonObject(header) : undefined
}

/**
 * Whether an ephemeral key has the type and curve of ours and is a public key of it, with nothing else (RFC 7518
 * §4.6.1.1): what else a JWK may hold is not for a sender to say, and platforms throw at it.
 */
function isPublicKeyOf(epk: unknown, type: NonNullable<ImportedKey['type']>): boolean {
  if (typeof epk !== 'object' || epk === null) return false
  const { kty, crv, x, y, ...others } = epk as Record<string, unknown>
  if (kty !== type.kty || crv !== type.crv || Object.keys(others).length > 0) return false
  if (!isCoordinate(x)) return false
  return kty === 'EC' ? isCoordinate(y) && isOnCurve(crv, x, y) : y === undefined
}

function isCoordinate(value: unknown): value is string {
  return typeof value === 'string' && isCanonicalBase64url(value)
}

function importKey(key: DecryptionKey): ImportedKey {
  if (typeof key.kid !== 'string' || key.kid === '') throw new ConfigError('Each decryption key needs a kid.')
  if ('secret' in key) {
    if (!(key.secret instanceof Uint8Array) || key.secret.length !== 32) {
      throw new ConfigError('A decryption secret must be 32 bytes: A256GCM takes no other length (RFC 7518 §5.3).')
    }
    return { alg: 'dir', type: undefined, key: Promise.resolve(key.secret) }
  }
  const { kty, crv, d } = key.privateJwk
  if ((kty !== 'EC' && kty !== 'OKP') || d === undefined) {
    throw new ConfigError('privateJwk must be a private EC or X25519 key (RFC 7518 §4.6).')
  }
  const importing = importJWK(key.privateJwk, 'ECDH-ES+A256KW')
  // Whoever uses it is told; until then it must not be an unhandled rejection.
  importing.catch(() => {})
  return { alg: 'ECDH-ES+A256KW', type: { kty, crv }, key: importing }
}
