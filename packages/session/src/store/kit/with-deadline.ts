import { StoreUnavailableError } from '../session-store.js'

function tooLate(): StoreUnavailableError {
  return new StoreUnavailableError(new Error('The store did not answer in time.'))
}

/** How long a caller waits for a store by default, in seconds of real time. */
export const defaultWithin = 3

/**
 * Waits for a result, but at most for that many seconds of real time. A later result is ignored: the client repeats its
 * request, and the grace gives it the same successor.
 *
 * @throws StoreUnavailableError, as a rejection, when the time is up
 */
export function withDeadline<T>(result: Promise<T>, seconds: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(tooLate()), seconds * 1000)
    result.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** Counts down the real time that a caller waits, over all steps of an operation. */
export class Deadline {
  readonly #end: number

  /** @param within seconds from now */
  constructor(within: number) {
    this.#end = performance.now() + within * 1000
  }

  /**
   * Gives the seconds that are left for the next step.
   *
   * @throws StoreUnavailableError if none are left: nobody waits any longer
   */
  left(): number {
    const left = (this.#end - performance.now()) / 1000
    if (left <= 0) throw tooLate()
    return left
  }
}
