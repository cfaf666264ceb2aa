import { ConfigError, type Jwk } from '@latchkey/core'
import { base64url, decodeProtectedHeader } from 'jose'
import { requireSealingKeys, seal, unseal } from '../store/kit/sealing.js'
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
  const [first, ...others] = requireSealingKeys('keyEncryptionKeys', keys)
  return {
    seal: async (record) => seal(first, record, { kid: await fingerprint(first) }),
    open: async (sealed) => {
      const { kid } = decodeProtectedHeader(sealed)
      for (const key of [first, ...others]) {
        if ((await fingerprint(key)) !== kid) continue
        const opened = await unseal(key, sealed)
        if (opened === undefined)
          throw new ConfigError(
            'The stored keyring is damaged. Restore it from a backup, or delete it: then new keys are made, and access tokens are refreshed.',
          )
        return { record: opened.value as KeyringRecord, isCurrent: key === first }
      }
      throw new ConfigError(wrongKey)
    },
  }
}

const wrongKey =
  'The stored keyring is sealed under none of the keyEncryptionKeys. List the key that sealed it, after the new one.'

/** Names a key without giving it away: the beginning of a hash of 256 random bits. */
async function fingerprint(key: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', Uint8Array.from(key))
  return base64url.encode(new Uint8Array(digest).subarray(0, 12))
}
