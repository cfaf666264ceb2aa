import type { Clock } from '@latchkey/core'

interface Lost {
  readonly successor: string
  /** Until when it may be tried again; undefined until the store answers. */
  readonly until: number | undefined
}

/**
 * Remembers the successor of a rotation whose reply from the store was lost: nobody knows whether the store has carried it out.
 * A client that comes again with the same token, however much later, gets the same successor. The store accepts the same step
 * twice, as long as the successor was not used. Requests that come together share it for the grace, as after any rotation. Only
 * this process remembers, and only a limited number.
 */
export class LostReplies {
  readonly #lost = new Map<string, Lost>()
  readonly #reuseGrace: number
  readonly #clock: Clock
  readonly #most: number

  /**
   * @param reuseGrace seconds; 0: only one request gets the successor
   * @param clock gives seconds since the epoch
   * @param most how many are remembered; default 10,000
   */
  constructor(reuseGrace: number, clock: Clock, most = 10_000) {
    this.#reuseGrace = reuseGrace
    this.#clock = clock
    this.#most = most
  }

  /**
   * Remembers a successor whose reply was lost.
   *
   * @param presented the hash of the presented token
   * @param successor the token that should replace it
   */
  remember(presented: string, successor: string): void {
    this.#lost.set(presented, { successor, until: undefined })
    const [oldest] = this.#lost.keys()
    if (oldest !== undefined && this.#lost.size > this.#most) this.#lost.delete(oldest)
  }

  /** Gives the successor to try again; undefined if none was lost. */
  take(presented: string): string | undefined {
    const lost = this.#lost.get(presented)
    if (lost === undefined) return undefined
    const isOver = lost.until !== undefined && this.#clock() >= lost.until
    if (isOver || this.#reuseGrace === 0) this.#lost.delete(presented)
    return isOver ? undefined : lost.successor
  }

  /** Notes that the store has answered. */
  settle(presented: string): void {
    const lost = this.#lost.get(presented)
    if (lost !== undefined && lost.until === undefined) {
      this.#lost.set(presented, { ...lost, until: this.#clock() + this.#reuseGrace })
    }
  }
}
