import { type CryptoKey, compactDecrypt, errors, importJWK, type JWK } from 'jose'
import { AuthError } from '../auth-error.js'
import { ConfigError, isFilledText } from '../config-error.js'
import { isOnCurve } from '../keys/curve-point.js'
import { isCanonicalBase64url } from './base64url.js'
import { parseJsonObject } from './compact-jws.js'

/**
 * A key that decrypts tokens: a shared secret of 32 bytes (`alg: dir`), or a private EC or X25519 JWK (`alg: ECDH-ES+A256KW`).
 * A token names its key by `kid`. To change the key, list the new one beside the old one.
 */
export type DecryptionKey =
  | { readonly kid: string; readonly secret: Uint8Array }
  | { readonly kid: string; readonly privateJwk: JWK }

/** Decrypts a token (RFC 7516). Gives the token inside, or the refusal. `createTokenDecryption` makes it. */
export type TokenDecryption = (token: string) => Promise<string | AuthError>

interface ImportedKey {
  readonly alg: 'dir' | 'ECDH-ES+A256KW'
  /** The type and curve that the sender's ephemeral key must have; undefined: there is no such key. */
  readonly type: { readonly kty: string; readonly crv: string | undefined } | undefined
  readonly key: Promise<CryptoKey | Uint8Array>
}

/**
 * Makes the value of the option `decryption` of `createVerifier`. With it, guards also accept tokens that are encrypted: a JWE
 * in the compact serialization (RFC 7516 §7.1) around the signed token. The signed token is verified like any other, because
 * encryption does not prove who made a token.
 *
 * A protected header is accepted only with the `alg` of the named key, with `enc: A256GCM`, and without `zip` and `crit`. So a
 * token with password-based or RSA1_5 key management, or a compressed one, is refused before anything is decrypted.
 *
 * @param keys one or more keys, each with its own `kid`
 * @throws ConfigError for an empty list, a kid twice, or a key of another type or length
 */
export function createTokenDecryption(keys: readonly DecryptionKey[]): TokenDecryption {
  if (!Array.isArray(keys) || keys.length === 0) {
    throw new ConfigError('decryption must be a list of at least one key, each with its kid.')
  }
  const imported = new Map(Array.from(keys, (key) => [key?.kid, importKey(key)]))
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
      // A byte order mark is kept. It makes the token malformed, as it would without encryption.
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(plaintext)
    } catch (error) {
      // An error of jose's is the token's fault. Any other error is a bug and passes through.
      if (error instanceof errors.JOSEError) return refuse()
      throw error
    }
  }
}

/** Whether a token is in the compact serialization of a JWE: it has five segments, and a signed token has three. */
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
 * Whether an ephemeral key is a public key with the type and curve of ours, and has no other member (RFC 7518 §4.6.1.1).
 * Platforms throw errors for some other members that a JWK may have.
 */
function isPublicKeyOf(epk: unknown, type: NonNullable<ImportedKey['type']>): boolean {
  if (typeof epk !== 'object' || epk === null) return false
  const { kty, crv, x, y, ...others } = epk as Record<string, unknown>
  if (kty !== type.kty || crv !== type.crv || Object.keys(others).length > 0) return false
  if (!isCoordinate(x)) return false
  return kty === 'EC' ? isCoordinate(y) && isOnCurve(crv, x, y) : y === undefined
}

/** Whether a configured key is complete. Importing it would tell too, but only after `createTokenDecryption` has returned. */
function isPrivateKey(jwk: unknown): jwk is JWK & { readonly kty: string } {
  const { kty, crv, x, y, d } = Object(jwk) as Record<string, unknown>
  if (!isCoordinate(x) || !isCoordinate(d) || d.length !== x.length) return false
  return kty === 'EC' ? isCoordinate(y) && isOnCurve(crv, x, y) : kty === 'OKP' && crv === 'X25519' && x.length === 43
}

function isCoordinate(value: unknown): value is string {
  return typeof value === 'string' && isCanonicalBase64url(value)
}

function importKey(key: DecryptionKey): ImportedKey {
  if (!isFilledText(key?.kid)) throw new ConfigError('Each decryption key needs a kid.')
  if ('secret' in key) {
    if (!(key.secret instanceof Uint8Array) || key.secret.length !== 32) {
      throw new ConfigError('A decryption secret must be 32 bytes: A256GCM takes no other length (RFC 7518 §5.3).')
    }
    return { alg: 'dir', type: undefined, key: Promise.resolve(key.secret) }
  }
  const { privateJwk } = key
  if (!isPrivateKey(privateJwk)) {
    throw new ConfigError('privateJwk must be a private EC or X25519 key (RFC 7518 §4.6).')
  }
  const { kty, crv } = privateJwk
  const importing = importJWK(privateJwk, 'ECDH-ES+A256KW')
  // Whoever uses the key gets the error. Until then it must not be an unhandled rejection.
  importing.catch(() => {})
  return { alg: 'ECDH-ES+A256KW', type: { kty, crv }, key: importing }
}
