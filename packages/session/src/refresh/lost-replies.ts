import type { Clock } from '@latchkey/core'

interface Lost {
  readonly successor: string
  /** Until when it is given again; undefined until the store answers. */
  readonly until: number | undefined
}

/**
 * Remembers which successor was being written when the store's reply was lost: nobody knows whether the rotation was carried out.
 * Whoever comes back with the same token, however much later, gets that very successor once more: the store takes the same step
 * twice for one, as long as the successor was not used. Requests that come together share it for the grace, as after any rotation.
 * Only this process remembers, and no more than so many.
 */
export class LostReplies {
  readonly #lost = new Map<string, Lost>()
  readonly #reuseGrace: number
  readonly #clock: Clock
  readonly #most: number

  /** @param reuseGrace seconds; 0: one request alone gets it */
  constructor(reuseGrace: number, clock: Clock, most = 10_000) {
    this.#reuseGrace = reuseGrace
    this.#clock = clock
    this.#most = most
  }

  /**
   * @param presented the hash of the token that was presented
   * @param successor the token that was to take its place
   */
  remember(presented: string, successor: string): void {
    this.#lost.set(presented, { successor, until: undefined })
    const [oldest] = this.#lost.keys()
    if (oldest !== undefined && this.#lost.size > this.#most) this.#lost.delete(oldest)
  }

  /** The successor to try again; undefined where none was lost. */
  take(presented: string): string | undefined {
    const lost = this.#lost.get(presented)
    if (lost === undefined) return undefined
    const isOver = lost.until !== undefined && this.#clock() >= lost.until
    if (isOver || this.#reuseGrace === 0) this.#lost.delete(presented)
    return isOver ? undefined : lost.successor
  }

  /** The store has answered. */
  settle(presented: string): void {
    const lost = this.#lost.get(presented)
    if (lost !== undefined && lost.until === undefined) {
      this.#lost.set(presented, { ...lost, until: this.#clock() + this.#reuseGrace })
    }
  }
}
