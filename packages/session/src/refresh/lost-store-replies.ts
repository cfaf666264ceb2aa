import type { Clock } from '@latchkey/core'

interface Lost {
  /** The successors by their hashes: several if requests at the same time have each made one. The store has taken one at most. */
  readonly successors: Map<string, string>
  /** Until when they may be tried again; undefined until the store answers. */
  readonly until: number | undefined
}

/** How many successors of one token are remembered at most. */
const mostSuccessors = 10

/**
 * Remembers the successors of rotations whose reply from the store was lost: nobody knows whether the store has carried them
 * out. A client that comes again with the same token, however much later, gets the successor that the store has. The store
 * accepts the same step twice, as long as the successor was not used. Requests that come together share it for the grace, as
 * after any rotation. Only this process remembers, and only a limited number.
 */
export class LostReplies {
  readonly #lost = new Map<string, Lost>()
  readonly #reuseGrace: number
  readonly #clock: Clock
  readonly #most: number

  /**
   * @param reuseGrace seconds; 0: only one request gets the successor
   * @param clock gives seconds since the epoch
   * @param most of how many tokens they are remembered; default 10,000
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
   * @param hash the successor's hash
   * @param successor the token that should replace it
   */
  remember(presented: string, hash: string, successor: string): void {
    const successors = this.#lost.get(presented)?.successors ?? new Map<string, string>()
    if (successors.size < mostSuccessors) successors.set(hash, successor)
    this.#lost.set(presented, { successors, until: undefined })
    const [oldest] = this.#lost.keys()
    if (oldest !== undefined && this.#lost.size > this.#most) this.#lost.delete(oldest)
  }

  /**
   * Gives the successor to try again; undefined if none was lost.
   *
   * @param presented the hash of the presented token
   * @param live the hash of the session's live token: that of a successor if the store has carried out its rotation
   */
  take(presented: string, live: string): string | undefined {
    const lost = this.#lost.get(presented)
    if (lost === undefined) return undefined
    const isOver = lost.until !== undefined && this.#clock() >= lost.until
    if (isOver || this.#reuseGrace === 0) this.#lost.delete(presented)
    const [any] = lost.successors.values()
    return isOver ? undefined : (lost.successors.get(live) ?? any)
  }

  /** Notes that the store has answered. */
  settle(presented: string): void {
    const lost = this.#lost.get(presented)
    if (lost !== undefined && lost.until === undefined) {
      this.#lost.set(presented, { ...lost, until: this.#clock() + this.#reuseGrace })
    }
  }
}
