import { ConfigError, type Jwk } from '@latchkey/core'
import { base64url, decodeProtectedHeader } from 'jose'
import { requireSealingKeys, seal, unseal } from '../store/kit/sealing.js'
import type { KeyringState } from './keyring-state.js'

/** A keyring with its private JWKs. A store keeps it only encrypted. */
export type KeyringRecord = KeyringState<Jwk>

/** Encrypts ("seals") keyring records, so that nobody who reads the database can read a private key. */
export interface KeySealer {
  /** Encrypts a record with the first key (RFC 7516: `dir`, `A256GCM`). */
  seal(record: KeyringRecord): Promise<string>
  /**
   * Decrypts a record that was encrypted with any of the keys. `isCurrent` is true if it was the first one.
   *
   * @throws ConfigError, as a rejection, if no key fits or if the record is damaged
   */
  open(sealed: string): Promise<{ readonly record: KeyringRecord; readonly isCurrent: boolean }>
}

/**
 * Makes a sealer.
 *
 * @param keys one or more of 32 bytes each. The first encrypts, all decrypt. To replace a key, put the new one first
 * @throws ConfigError if there is no key, or if one has another length
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

/** Gives a name for a key that does not reveal it: the beginning of a hash of 256 random bits. */
async function fingerprint(key: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', Uint8Array.from(key))
  return base64url.encode(new Uint8Array(digest).subarray(0, 12))
}
