import { materialOf, type VerificationKey } from './verification-key.js'

/**
 * The keys that an operator no longer trusts. It forgets the key itself: the same key stays forgotten under another kid,
 * without a kid, or for another algorithm, and no refetch brings it back. Another key with the same kid is accepted. If no key
 * with the kid was seen yet, the first that comes is forgotten. The list is kept for good; only the operator adds to it.
 */
export class ForgottenKeys {
  readonly #materials = new Set<string>()
  /** Each kid that was named, and whether a key with it was seen. */
  readonly #kids = new Map<string, boolean>()

  /** @param unseen kids to forget, with which no key was seen yet */
  constructor(unseen: Iterable<string> = []) {
    for (const kid of unseen) this.#kids.set(kid, false)
  }

  /**
   * Forgets the keys with that kid.
   *
   * @param held the keys that are held now
   */
  forget(kid: string, held: readonly VerificationKey[]): void {
    const seen = this.#kids.get(kid) ?? false
    const keys = held.filter((key) => key.kid === kid)
    for (const key of keys) this.#materials.add(materialOf(key))
    this.#kids.set(kid, seen || keys.length > 0)
  }

  /** Gives the keys of a set that are not forgotten. */
  admit(keys: readonly VerificationKey[]): readonly VerificationKey[] {
    if (this.#kids.size === 0) return keys
    const unseen = keys.filter((key) => key.kid !== undefined && this.#kids.get(key.kid) === false)
    for (const key of unseen) this.#materials.add(materialOf(key))
    for (const { kid = '' } of unseen) this.#kids.set(kid, true)
    return keys.filter((key) => !this.#materials.has(materialOf(key)))
  }
}
