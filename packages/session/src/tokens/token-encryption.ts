import { createTokenDecryption, type DecryptionKey, type TokenDecryption } from '@latchkey/core'
import { CompactEncrypt, type CryptoKey, importJWK, type JWK } from 'jose'

/** Puts access tokens into an envelope that only holders of the keys can open, and opens it for the guards. */
export interface TokenEncryption {
  /** Encrypts a signed token as a nested JWT (RFC 7519 §3, RFC 7516 §7.1), under the first key. */
  encrypt(token: string): Promise<string>
  /** Opens what was encrypted under any of the keys. */
  readonly decryption: TokenDecryption
}

/**
 * Makes the encryption of access tokens, whose claims are then hidden from whoever carries them. The first key encrypts, all
 * decrypt: to rotate, put the new one first and drop the old one once its last access token has expired.
 *
 * @throws ConfigError for an empty list, a kid twice, or a key of another kind or length
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
