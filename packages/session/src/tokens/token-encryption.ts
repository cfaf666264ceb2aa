import { createTokenDecryption, type DecryptionKey, type TokenDecryption } from '@latchkey/core'
import { CompactEncrypt, type CryptoKey, importJWK, type JWK } from 'jose'

/** Encrypts access tokens, and decrypts them for the guards. */
export interface TokenEncryption {
  /** Encrypts a signed token as a nested JWT (RFC 7519 §3, RFC 7516 §7.1), with the first key. */
  encrypt(token: string): Promise<string>
  /** Decrypts a token that was encrypted with any of the keys. */
  readonly decryption: TokenDecryption
}

/**
 * Makes the encryption of access tokens, so that nobody who holds a token can read its claims. The first key encrypts, all
 * decrypt. To replace a key, put the new one first, and remove the old one when its last access token has expired.
 *
 * @throws ConfigError for an empty list, a kid twice, or a key of another type or length
 */
export function createTokenEncryption(keys: readonly DecryptionKey[]): TokenEncryption {
  const decryption = createTokenDecryption(keys)
  const [first] = keys as readonly [DecryptionKey, ...DecryptionKey[]]
  const alg = 'secret' in first ? 'dir' : 'ECDH-ES+A256KW'
  let recipient: Promise<CryptoKey | Uint8Array> | undefined

  return {
    decryption,
    encrypt: async (token) => {
      recipient ??= encryptionKey(first)
      return new CompactEncrypt(new TextEncoder().encode(token))
        .setProtectedHeader({ alg, enc: 'A256GCM', kid: first.kid, typ: 'at+jwt', cty: 'JWT' })
        .encrypt(await recipient)
    },
  }
}

async function encryptionKey(key: DecryptionKey): Promise<CryptoKey | Uint8Array> {
  if ('secret' in key) return key.secret
  const { kty, crv, x, y } = key.privateJwk
  const publicJwk = Object.entries({ kty, crv, x, y }).filter(([, value]) => value !== undefined)
  return importJWK(Object.fromEntries(publicJwk) as JWK, 'ECDH-ES+A256KW')
}
