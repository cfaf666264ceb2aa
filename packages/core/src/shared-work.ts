import { late, within } from './within.js'

/** Seconds by which a busy machine may be late with saying that the time is up. */
const slack = 0.25

/**
 * One piece of work at a time, whoever needs its result. Workers end work, its timers included, together with the request
 * that began it, and whoever waits for it is never told. So work that is older than its time limit is not joined, and who
 * has joined waits until that limit and then does the work itself.
 */
export class SharedWork<Result> {
  readonly #work: () => Promise<Result>
  readonly #limit: number
  #running: { readonly result: Promise<Result>; readonly until: number } | undefined

  /**
   * @param work never rejects
   * @param timeout seconds of real time that `work` takes at most
   */
  constructor(work: () => Promise<Result>, timeout: number) {
    this.#work = work
    this.#limit = (timeout + slack) * 1000
  }

  /** Whether work is under way that may be joined. */
  get isRunning(): boolean {
    return this.#left > 0
  }

  /** Joins the work that is under way, or starts it. */
  run(): Promise<Result> {
    const running = this.#running
    const left = this.#left
    if (running === undefined || left <= 0) return this.start()
    return within(left / 1000, running.result).then((joined) => (joined === late ? this.run() : joined))
  }

  /**
   * Starts the work, whatever is under way. Not async, so that a platform that forbids it here says so to the caller.
   *
   * @param work this time, if it is begun already
   */
  start(work: () => Promise<Result> = this.#work): Promise<Result> {
    const result = work().then((value) => {
      if (this.#running?.result === result) this.#running = undefined
      return value
    })
    this.#running = { result, until: performance.now() + this.#limit }
    return result
  }

  /** Milliseconds for which the work under way may still be waited for. Real time, like the limit that it stands for. */
  get #left(): number {
    return this.#running === undefined ? 0 : this.#running.until - performance.now()
  }
}
