import { type KeyQuery, selectKeys } from './select-keys.js'
import { materialOf, type VerificationKey } from './verification-key.js'

/** The keys of one set. A fetched set has at most 50, so searching a list is fastest. */
export class HeldKeys {
  readonly all: readonly VerificationKey[]
  readonly #byKid: ReadonlyMap<string, readonly VerificationKey[]>

  constructor(keys: readonly VerificationKey[]) {
    this.all = keys
    this.#byKid = groupByKid(keys)
  }

  /** Whether this very key object is one of them. */
  has(key: VerificationKey): boolean {
    return this.all.includes(key)
  }

  /** Gives the keys that may have signed a token, or why there are none: see `selectKeys`. */
  select(wanted: KeyQuery): ReturnType<typeof selectKeys> {
    const { kid } = wanted
    return selectKeys(kid === undefined ? this.all : (this.#byKid.get(kid) ?? []), wanted)
  }

  /** The kids in the order of the set, each once; a key without one is not listed. */
  get kids(): readonly string[] {
    return [...this.#byKid.keys()]
  }
}

function groupByKid(keys: readonly VerificationKey[]): ReadonlyMap<string, readonly VerificationKey[]> {
  const groups = new Map<string, VerificationKey[]>()
  for (const key of keys) {
    if (key.kid === undefined) continue
    const group = groups.get(key.kid)
    if (group === undefined) groups.set(key.kid, [key])
    else group.push(key)
  }
  return groups
}

/**
 * Gives the keys of a new set, but keeps the object of a key that was there before: remembered tokens compare the object. A key
 * that is listed twice is one key.
 */
export function carryOver(before: readonly VerificationKey[], keys: readonly VerificationKey[]): VerificationKey[] {
  const known = new Map(before.map((key) => [identityOf(key), key]))
  const result = new Map<string, VerificationKey>()
  for (const key of keys) {
    const identity = identityOf(key)
    if (!result.has(identity)) result.set(identity, known.get(identity) ?? key)
  }
  return [...result.values()]
}

function identityOf(key: VerificationKey): string {
  return JSON.stringify([key.kid, key.alg, key.issuer, materialOf(key)])
}
