const longestTimer = 2 ** 31 - 1

/** Why a step failed: the time was up, or an error was thrown. */
export class StepFailure {
  readonly timeout: boolean
  readonly error: unknown

  constructor(timeout: boolean, error: unknown) {
    this.timeout = timeout
    this.error = error
  }
}

/** The real time that all requests and bodies of one key fetch share. */
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

  /** Waits for one step of a fetch. Whatever the step rejects with becomes a `StepFailure`. */
  async step<T>(action: () => Promise<T>): Promise<T | StepFailure> {
    try {
      // A race, because the app's own `fetch` may ignore the signal.
      return await Promise.race([action(), this.#over])
    } catch (error) {
      return new StepFailure(this.signal.aborted, error)
    }
  }
}
