import { materialOf, type VerificationKey } from './verification-key.js'

/**
 * The keys that an operator has told us to distrust. What is forgotten is the key itself: under another kid, without one,
 * or for another algorithm it stays forgotten, and no refetch brings it back; another key under the same kid counts. A kid
 * forgotten before any key was seen under it means the first that comes. Kept for good: only the operator adds to it.
 */
export class ForgottenKeys {
  readonly #materials = new Set<string>()
  /** Each kid named, with whether a key was seen under it. */
  readonly #kids = new Map<string, boolean>()

  /** @param unseen kids to forget of which no key has been seen */
  constructor(unseen: Iterable<string> = []) {
    for (const kid of unseen) this.#kids.set(kid, false)
  }

  /** @param held the keys held now */
  forget(kid: string, held: readonly VerificationKey[]): void {
    const seen = this.#kids.get(kid) ?? false
    const keys = held.filter((key) => key.kid === kid)
    for (const key of keys) this.#materials.add(materialOf(key))
    this.#kids.set(kid, seen || keys.length > 0)
  }

  /** The keys of a set that are not among the forgotten. */
  admit(keys: readonly VerificationKey[]): readonly VerificationKey[] {
    if (this.#kids.size === 0) return keys
    const unseen = keys.filter((key) => key.kid !== undefined && this.#kids.get(key.kid) === false)
    for (const key of unseen) this.#materials.add(materialOf(key))
    for (const { kid = '' } of unseen) this.#kids.set(kid, true)
    return keys.filter((key) => !this.#materials.has(materialOf(key)))
  }
}
