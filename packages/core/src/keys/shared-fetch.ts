/** What a shared fetch has run for longer than this many times its timeout, the platform has ended without telling us. */
const patience = 2

/**
 * One fetch at a time, whoever needs it. A fetch that never settles must not block all later ones: Workers end a fetch,
 * its timers included, together with the request that began it, so one that is far past its timeout is given up.
 */
export class SharedFetch<Result> {
  readonly #fetch: () => Promise<Result>
  readonly #patience: number
  #running: { readonly result: Promise<Result>; readonly since: number } | undefined

  /**
   * @param fetch does the work; never rejects
   * @param timeout seconds of real time that `fetch` takes at most
   */
  constructor(fetch: () => Promise<Result>, timeout: number) {
    this.#fetch = fetch
    this.#patience = (timeout * patience + 1) * 1000
  }

  /** The fetch that is under way. */
  get running(): Promise<Result> | undefined {
    // Real time, like the timeout that it stands in for.
    const { result, since } = this.#running ?? { result: undefined, since: 0 }
    return performance.now() - since < this.#patience ? result : undefined
  }

  /** Joins the fetch that is under way, or starts one. */
  run(): Promise<Result> {
    const running = this.running
    if (running !== undefined) return running
    const result = this.#fetch().then((value) => {
      if (this.#running?.result === result) this.#running = undefined
      return value
    })
    this.#running = { result, since: performance.now() }
    return result
  }
}
