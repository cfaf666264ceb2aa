import { ConfigError, type Jwk } from '@latchkey/core'
import { base64url, CompactEncrypt, compactDecrypt, errors } from 'jose'
import type { KeyringState } from './keyring-state.js'

/** A keyring as it is kept in a store, with its private JWKs: never unsealed. */
export type KeyringRecord = KeyringState<Jwk>

/** Seals keyring records under key-encryption keys, so that whoever reads the database reads no private key. */
export interface KeySealer {
  /** Encrypts under the first key (RFC 7516: `dir`, `A256GCM`). */
  seal(record: KeyringRecord): Promise<string>
  /** Opens a record sealed under any of the keys. `isCurrent`: it was the first. */
  open(sealed: string): Promise<{ readonly record: KeyringRecord; readonly isCurrent: boolean }>
}

/**
 * Makes a sealer.
 *
 * @param keys 32 bytes each; the first seals, all open: to replace one, put the new one first
 * @throws ConfigError for no key, or one of another length
 */
export function createKeySealer(keys: readonly Uint8Array[]): KeySealer {
  if (
    !Array.isArray(keys) ||
    keys.length === 0 ||
    !keys.every((key) => key instanceof Uint8Array && key.length === 32)
  ) {
    throw new ConfigError(
      'keyEncryptionKeys must be one or more secrets of exactly 32 bytes, e.g. from `openssl rand 32`.',
    )
  }
  const first = keys[0] as Uint8Array

  return {
    seal: async (record) =>
      new CompactEncrypt(new TextEncoder().encode(JSON.stringify(record)))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: await fingerprint(first) })
        .encrypt(first),
    open: async (sealed) => {
      const { kid } = JSON.parse(new TextDecoder().decode(base64url.decode(sealed.split('.', 1)[0] ?? ''))) as {
        kid?: unknown
      }
      for (const key of keys) {
        if ((await fingerprint(key)) === kid) return { record: await openWith(key, sealed), isCurrent: key === first }
      }
      throw new ConfigError(wrongKey)
    },
  }
}

const wrongKey =
  'The stored keyring is sealed under none of the keyEncryptionKeys. List the key that sealed it, after the new one.'

async function openWith(key: Uint8Array, sealed: string): Promise<KeyringRecord> {
  try {
    const { plaintext } = await compactDecrypt(sealed, key, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    })
    return JSON.parse(new TextDecoder().decode(plaintext)) as KeyringRecord
  } catch (cause) {
    if (cause instanceof errors.JOSEError) throw new ConfigError('The stored keyring is damaged.', { cause })
    throw cause
  }
}

/** Names a key without giving it away: the beginning of a hash of 256 random bits. */
async function fingerprint(key: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', Uint8Array.from(key))
  return base64url.encode(new Uint8Array(digest).subarray(0, 12))
}
