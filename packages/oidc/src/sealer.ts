import { requireSealingKeys, seal, unseal } from '@latchkey/session/store-kit'

/** Encrypts ("seals") values that leave the process, so that nobody can read or change them. */
export interface Sealer {
  /** Encrypts a value with the first secret (RFC 7516: `dir`, `A256GCM`). `type` names its kind, and nobody can change it. */
  seal(type: string, value: object): Promise<string>
  /** Decrypts a value of that kind that was encrypted with any of the secrets; undefined for anything else. */
  open(type: string, sealed: string): Promise<unknown>
}

/**
 * Makes a sealer.
 *
 * @param secrets one or more of 32 bytes each. The first encrypts, all decrypt. To replace a secret, put the new one first
 * @throws ConfigError if there is no secret, or if one has another length
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
