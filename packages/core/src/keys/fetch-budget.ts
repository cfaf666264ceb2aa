const longestTimer = 2 ** 31 - 1

/** That the time is up, or what a step failed of. */
export class StepFailure {
  readonly timeout: boolean
  readonly error: unknown

  constructor(timeout: boolean, error: unknown) {
    this.timeout = timeout
    this.error = error
  }
}

/** One span of real time that all requests and bodies of one key fetch share. */
export class FetchBudget {
  readonly signal: AbortSignal
  readonly #over: Promise<never>

  /** @param timeout seconds from now */
  constructor(timeout: number) {
    this.signal = AbortSignal.timeout(Math.min(Math.ceil(timeout * 1000), longestTimer))
    this.#over = new Promise((_resolve, reject) => {
      this.signal.addEventListener('abort', () => reject(this.signal.reason), { once: true })
    })
    this.#over.catch(() => {})
  }

  /** Awaits one step of the platform's or the user's fetch; whatever that rejects with is the network's failure. */
  async step<T>(action: () => Promise<T>): Promise<T | StepFailure> {
    try {
      // Raced, because a `fetch` of the user's need not heed the signal.
      return await Promise.race([action(), this.#over])
    } catch (error) {
      return new StepFailure(this.signal.aborted, error)
    }
  }
}
