import type { Clock } from '@latchkey/core'
import { forgetPast } from './forget-past.js'
import type { RevocationLog, RevocationWatcher } from './session-store.js'

/** The revocation log of an issuer, in memory. */
export class MemoryRevocationLog implements RevocationLog {
  readonly #until = new Map<string, number>()
  readonly #watchers = new Set<RevocationWatcher>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Adds a family and tells every watcher. */
  add(id: string, forSeconds: number): void {
    const now = this.#clock()
    forgetPast(this.#until, now)
    this.#until.set(id, now + forSeconds)
    for (const watcher of this.#watchers) watcher.revoked(id, forSeconds)
  }

  has(id: string): boolean {
    return this.#clock() < (this.#until.get(id) ?? Number.NEGATIVE_INFINITY)
  }

  async watch(watcher: RevocationWatcher): Promise<() => Promise<void>> {
    const now = this.#clock()
    for (const [id, end] of this.#until) if (now < end) watcher.revoked(id, end - now)
    this.#watchers.add(watcher)
    watcher.sure()
    return async () => void this.#watchers.delete(watcher)
  }
}
