import { requireSealingKeys, seal, unseal } from '@latchkey/session/store-kit'

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
  const keys = requireSealingKeys('oidcLogin: secrets', secrets)
  return {
    seal: (type, value) => seal(keys[0], value, { typ: type }),
    open: async (type, sealed) => {
      for (const key of keys) {
        const opened = await unseal(key, sealed)
        if (opened !== undefined) return opened.header.typ === type ? opened.value : undefined
      }
      return undefined
    },
  }
}
