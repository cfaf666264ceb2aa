import { refuseUnknownOptions, requireCount } from '../config-error.js'
import type { MaybePromise } from '../maybe-promise.js'

/**
 * Remembers which proofs were used, so that none is good twice (RFC 9449 §11.1). All processes that serve the same resource must
 * share one store: without that, each of them would accept the same proof once.
 */
export interface ReplayStore {
  /**
   * Burns a proof, in one atomic step. Of any number of calls with the same id, however close together, exactly one gets true
   * while the id is remembered. It is called once per request, after all other checks of the proof.
   *
   * @param id stands for the proof: 43 base64url characters, a hash of its key's thumbprint and its `jti`
   * @param expiresAt until when the store must remember the id, in seconds since the epoch by the verifier's clock, with
   * fractions. After that the store may forget it, because the proof is too old
   * @param now the present by the same clock. A store with its own clock remembers the id for `expiresAt - now` seconds
   * @returns true if this call burnt the proof, false if it was burnt before
   * @throws anything (or rejects) if the store cannot say, or if it is full. The client then gets `store_unavailable` (503). A
   * store must never forget an id to make room. An answer that takes more than one second counts as no answer
   */
  burn(id: string, expiresAt: number, now: number): MaybePromise<boolean>
}

/** Options of `memoryReplayStore`. */
export interface MemoryReplayStoreOptions {
  /**
   * The largest number of proofs that are remembered. Each is remembered until it is too old, with the defaults for 70 seconds
   * after it was made. When the store is full, requests with a new proof get 503 (`store_unavailable`). Default 100,000.
   */
  readonly maxEntries?: number
}

/** A replay store in memory. It answers without a promise. */
export interface MemoryReplayStore extends ReplayStore {
  /** See `ReplayStore`. Throws an Error if the store is full. */
  burn(id: string, expiresAt: number, now: number): boolean
}

/**
 * Makes a replay store in the memory of this process, for an app that runs as one process. It takes about 100 bytes per proof.
 *
 * @throws ConfigError for an unknown option, or if `maxEntries` is not a whole number of 1 or more
 */
export function memoryReplayStore(options: MemoryReplayStoreOptions = {}): MemoryReplayStore {
  refuseUnknownOptions('memoryReplayStore', options, { maxEntries: true })
  const { maxEntries = 100_000 } = options
  requireCount('memoryReplayStore: maxEntries', maxEntries)
  const burnt = new Set<string>()
  // The same ids, by the second in which they may be forgotten: forgetting then looks at each id once.
  const leaving = new Map<number, string[]>()
  let sweptAt = Number.NEGATIVE_INFINITY

  function sweep(second: number): void {
    sweptAt = second
    for (const [due, ids] of leaving) {
      if (due > second) continue
      for (const id of ids) burnt.delete(id)
      leaving.delete(due)
    }
  }

  return {
    burn: (id, expiresAt, now) => {
      const second = Math.floor(now)
      if (second > sweptAt) sweep(second)
      if (burnt.has(id)) return false
      if (burnt.size >= maxEntries) throw new Error('The replay store is full.')
      const due = Math.ceil(expiresAt)
      const ids = leaving.get(due)
      if (ids === undefined) leaving.set(due, [id])
      else ids.push(id)
      burnt.add(id)
      return true
    },
  }
}
