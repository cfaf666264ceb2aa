import { ConfigError } from '@latchkey/core'
import { CompactEncrypt, type CompactJWEHeaderParameters, compactDecrypt, errors } from 'jose'

/** What was sealed, and the header that was sealed with it. */
export interface Sealed {
  readonly header: CompactJWEHeaderParameters
  readonly value: unknown
}

/**
 * Checks the keys that an app seals with.
 *
 * @param keys 32 bytes each; the first seals, all open: to replace one, put the new one first
 * @throws ConfigError for no key, or one of another length
 */
export function requireSealingKeys(option: string, keys: unknown): readonly [Uint8Array, ...Uint8Array[]] {
  if (areSealingKeys(keys)) return keys
  throw new ConfigError(`${option} must be one or more keys of exactly 32 bytes, e.g. from \`openssl rand 32\`.`)
}

function areSealingKeys(keys: unknown): keys is [Uint8Array, ...Uint8Array[]] {
  return Array.isArray(keys) && keys.length > 0 && keys.every((key) => key instanceof Uint8Array && key.length === 32)
}

/**
 * Encrypts what leaves the process and must come back as it was, unread (RFC 7516: `dir`, `A256GCM`).
 *
 * @param header says what it is, or which key it was; readable, and sealed with it
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

/** Opens what was sealed with that key; undefined for anything else. */
export async function unseal(key: Uint8Array, sealed: string): Promise<Sealed | undefined> {
  try {
    const { plaintext, protectedHeader } = await compactDecrypt(sealed, key, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    })
    return { header: protectedHeader, value: JSON.parse(new TextDecoder().decode(plaintext)) }
  } catch (error) {
    // Not sealed with this key, or changed since. Anything else is a bug.
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}
