/** How long an answer counts: from when it was given, for so many seconds. A clock that steps back ends it. */
export class Lease {
  #from = 0
  #until = 0

  /** Lets it count from now on. */
  renew(now: number, seconds: number): void {
    this.#from = now
    this.#until = now + seconds
  }

  /** Ends it for good: the issuer is ours no longer, or another has come in its place. */
  end(): void {
    this.#until = Number.NEGATIVE_INFINITY
  }

  get isEnded(): boolean {
    return this.#until === Number.NEGATIVE_INFINITY
  }

  /** Whether it counts. */
  holds(now: number): boolean {
    return now < this.#until && now >= this.#from
  }
}
