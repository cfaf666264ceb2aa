import { late, within } from './within.js'

/** By how many seconds a timer may be late on a busy machine. */
const slack = 0.25

/**
 * Runs one piece of work at a time and shares its result with all who need it. The platform Workers ends work, with its timers,
 * when the request that started it ends, and tells nobody. So nobody joins work that is older than its time limit, and whoever
 * has joined waits until that limit and then starts the work again.
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

  /** Whether work is running that may be joined. */
  get isRunning(): boolean {
    return this.#left > 0
  }

  /** Joins the running work, or starts it. */
  run(): Promise<Result> {
    const running = this.#running
    const left = this.#left
    if (running === undefined || left <= 0) return this.start()
    return within(left / 1000, running.result).then((joined) => (joined === late ? this.run() : joined))
  }

  /**
   * Starts the work, even if some is running. Not async, so that the caller gets the error of a platform that forbids the work
   * here.
   *
   * @param work used for this run only; default: the work given to the constructor
   */
  start(work: () => Promise<Result> = this.#work): Promise<Result> {
    const result = work().then((value) => {
      if (this.#running?.result === result) this.#running = undefined
      return value
    })
    this.#running = { result, until: performance.now() + this.#limit }
    return result
  }

  /** For how many milliseconds of real time the running work may still be joined. */
  get #left(): number {
    return this.#running === undefined ? 0 : this.#running.until - performance.now()
  }
}
