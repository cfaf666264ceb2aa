/** For how long an answer counts: for some seconds after it was given. If the clock steps back, it counts no more. */
export class Lease {
  #from = 0
  #until = 0

  /** Lets the answer count from now on, for that many seconds. */
  renew(now: number, seconds: number): void {
    this.#from = now
    this.#until = now + seconds
  }

  /** Ends it for good: the issuer is no longer accepted, or was built anew. */
  end(): void {
    this.#until = Number.NEGATIVE_INFINITY
  }

  get isEnded(): boolean {
    return this.#until === Number.NEGATIVE_INFINITY
  }

  /** Whether the answer counts now. */
  holds(now: number): boolean {
    return now < this.#until && now >= this.#from
  }
}
