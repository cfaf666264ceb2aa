import { ConfigError, refuseUnknownOptions } from '../config-error.js'
import type { MaybePromise } from '../maybe-promise.js'

/**
 * Remembers which proofs were used, so that none is good twice (RFC 9449 §11.1). Shared by all processes that serve the
 * same resource: two that do not share one would each take a proof once.
 */
export interface ReplayStore {
  /**
   * Burns a proof, in one atomic step: of any number of calls with the same id, however close together, exactly one gets
   * true while the id is remembered. Called once per request, after everything else about the proof was found good.
   *
   * @param id what stands for the proof: 43 base64url characters, a hash of its key's thumbprint and its `jti`
   * @param expiresAt the id must be remembered until then, in seconds since the epoch by the verifier's clock; fractions
   * allowed. May be forgotten afterwards: the proof is then too old
   * @param now the present by the same clock. `expiresAt - now` is how long to remember it by a clock of the store's own
   * @returns true: burnt by this call; false: it had been burnt before
   * @throws anything (or rejects) where the store cannot say, and also where it has no room: the answer is then
   * `store_unavailable` (503). It must never forget an id to make room. An answer that takes over a second is none.
   */
  burn(id: string, expiresAt: number, now: number): MaybePromise<boolean>
}

/** Options of `memoryReplayStore`. */
export interface MemoryReplayStoreOptions {
  /**
   * How many proofs are remembered at most, each for up to a minute and a half. When it is full, requests with a proof get 503
   * (`store_unavailable`). Default 100,000.
   */
  readonly maxEntries?: number
}

/** A replay store that answers without a promise. */
export interface MemoryReplayStore extends ReplayStore {
  /** As in `ReplayStore`; throws where the store is full. */
  burn(id: string, expiresAt: number, now: number): boolean
}

/**
 * A replay store in this process's memory: for an app that runs as one process. Synchronous; costs about 100 bytes per
 * proof.
 *
 * @throws ConfigError for an unknown option, or where `maxEntries` is no whole number of 1 or more
 */
export function memoryReplayStore(options: MemoryReplayStoreOptions = {}): MemoryReplayStore {
  refuseUnknownOptions('memoryReplayStore', options, { maxEntries: true })
  const { maxEntries = 100_000 } = options
  if (!Number.isSafeInteger(maxEntries) || maxEntries < 1) {
    throw new ConfigError('memoryReplayStore: maxEntries must be a whole number, 1 or more.')
  }
  const burnt = new Set<string>()
  // The same ids by the second in which they may go, so that going through them costs each but once.
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
