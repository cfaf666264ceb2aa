import { StoreUnavailableError } from '../session-store.js'

/** Real seconds that a caller waits for a store where it does not say. */
export const defaultWithin = 3

/**
 * The result, or a `StoreUnavailableError` after so many real seconds. What comes later is ignored: the client repeats its
 * request, and the grace gives it the same successor.
 */
export function withDeadline<T>(result: Promise<T>, seconds: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new StoreUnavailableError()), seconds * 1000)
    result.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** Counts down a caller's real seconds over the steps of an operation. */
export class Deadline {
  readonly #end: number

  constructor(within: number) {
    this.#end = performance.now() + within * 1000
  }

  /**
   * Seconds that are left for the next step.
   *
   * @throws StoreUnavailableError where none are: nobody waits any longer
   */
  left(): number {
    const left = (this.#end - performance.now()) / 1000
    if (left <= 0) throw new StoreUnavailableError()
    return left
  }
}
