import { ConfigError } from '@latchkey/core'
import { CompactEncrypt, compactDecrypt, errors } from 'jose'

/** Seals what leaves the process and must come back as it was, unread. */
export interface Sealer {
  /** Encrypts under the first secret (RFC 7516: `dir`, `A256GCM`). `type` says what it is, and is sealed with it. */
  seal(type: string, value: object): Promise<string>
  /** Opens what was sealed as that type under any of the secrets; undefined for anything else. */
  open(type: string, sealed: string): Promise<unknown>
}

/**
 * Makes a sealer.
 *
 * @param secrets 32 bytes each; the first seals, all open: to replace one, put the new one first
 * @throws ConfigError for no secret, or one of another length
 */
export function createSealer(secrets: readonly Uint8Array[]): Sealer {
  const [first] = Array.isArray(secrets) ? secrets : []
  if (first === undefined || !secrets.every((each) => each instanceof Uint8Array && each.length === 32)) {
    throw new ConfigError('oidcLogin: secrets must be one or more of exactly 32 bytes, e.g. from `openssl rand 32`.')
  }
  return {
    seal: (type, value) =>
      new CompactEncrypt(new TextEncoder().encode(JSON.stringify(value)))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: type })
        .encrypt(first),
    open: async (type, sealed) => {
      for (const secret of secrets) {
        const opened = await openWith(secret, type, sealed)
        if (opened !== undefined) return opened
      }
      return undefined
    },
  }
}

async function openWith(secret: Uint8Array, type: string, sealed: string): Promise<unknown> {
  try {
    const { plaintext, protectedHeader } = await compactDecrypt(sealed, secret, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    })
    return protectedHeader.typ === type ? JSON.parse(new TextDecoder().decode(plaintext)) : undefined
  } catch (error) {
    // Not sealed with this secret, or changed since. Anything else is a bug.
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}
