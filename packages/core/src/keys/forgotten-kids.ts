import type { VerificationKey } from './verification-key.js'

/**
 * The kids that an operator has told us to distrust, with the keys that were meant. A refetch that brings the same key
 * back changes nothing; a different key under the kid is a new one and counts. A kid forgotten before any key was seen
 * under it means the first one that comes. Kept for good: only the operator adds to it.
 */
export class ForgottenKids {
  readonly #materials = new Map<string, Set<string>>()

  /** @param keys the keys held under this kid now */
  forget(kid: string, keys: readonly VerificationKey[]): void {
    const materials = this.#materials.get(kid) ?? new Set()
    for (const key of keys) materials.add(materialOf(key))
    this.#materials.set(kid, materials)
  }

  /** The keys of a new set that are not among the forgotten. */
  admit(keys: readonly VerificationKey[]): readonly VerificationKey[] {
    if (this.#materials.size === 0) return keys
    const unseen = new Set([...this.#materials].flatMap(([kid, materials]) => (materials.size === 0 ? kid : [])))
    return keys.filter((key) => {
      const materials = key.kid === undefined ? undefined : this.#materials.get(key.kid)
      if (key.kid === undefined || materials === undefined) return true
      const material = materialOf(key)
      if (unseen.has(key.kid)) materials.add(material)
      return !materials.has(material)
    })
  }
}

/** `alg` and `kid` are left out: the same key under another name for its use is the same key. */
function materialOf(key: VerificationKey): string {
  return JSON.stringify(key.jwk)
}
