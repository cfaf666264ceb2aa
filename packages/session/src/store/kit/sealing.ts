import { ConfigError } from '@latchkey/core'
import { CompactEncrypt, type CompactJWEHeaderParameters, compactDecrypt, errors } from 'jose'

/** A decrypted value, and the header that was authenticated with it. */
export interface Sealed {
  /** The protected header of the JWE. */
  readonly header: CompactJWEHeaderParameters
  /** What was encrypted, parsed as JSON. */
  readonly value: unknown
}

/**
 * Checks the keys that an app encrypts ("seals") with.
 *
 * @param option the option's name, for the message
 * @param keys one or more of 32 bytes each. The first encrypts, all decrypt. To replace a key, put the new one first
 * @throws ConfigError if there is no key, or if one has another length
 */
export function requireSealingKeys(option: string, keys: unknown): readonly [Uint8Array, ...Uint8Array[]] {
  if (areSealingKeys(keys)) return keys
  throw new ConfigError(`${option} must be one or more keys of exactly 32 bytes, e.g. from \`openssl rand 32\`.`)
}

function areSealingKeys(keys: unknown): keys is [Uint8Array, ...Uint8Array[]] {
  return Array.isArray(keys) && keys.length > 0 && keys.every((key) => key instanceof Uint8Array && key.length === 32)
}

/**
 * Encrypts a value that leaves the process, so that nobody can read or change it (RFC 7516: `dir`, `A256GCM`).
 *
 * @param key 32 bytes
 * @param value an object that JSON can represent
 * @param header names the value or the key; readable, but nobody can change it
 * @returns a JWE in the compact serialization
 */
export function seal(
  key: Uint8Array,
  value: object,
  header: { readonly typ?: string; readonly kid?: string },
): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(value)))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', ...header })
    .encrypt(key)
}

/** Decrypts a text that `seal` made with that key; undefined for anything else. */
export async function unseal(key: Uint8Array, sealed: string): Promise<Sealed | undefined> {
  try {
    const { plaintext, protectedHeader } = await compactDecrypt(sealed, key, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    })
    return { header: protectedHeader, value: JSON.parse(new TextDecoder().decode(plaintext)) }
  } catch (error) {
    // Not made with this key, or changed since. Any other error is a bug.
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}
