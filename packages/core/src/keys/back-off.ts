const least = 0.25
const most = 30
const longestRetryAfter = 3600

/**
 * Decides how long a failing endpoint is left alone. The delay is random (full jitter) below a limit that doubles from 0.25 s to
 * 30 s. It is at least 0.25 s, so that the number of attempts stays bounded. A server's Retry-After counts if it asks for longer,
 * up to an hour, so that one odd answer cannot use up the time for which a stale set is served.
 */
export class BackOff {
  readonly #random: () => number
  #failures = 0
  #until = Number.NEGATIVE_INFINITY

  /** @param random gives a number from 0 to 1, like `Math.random` */
  constructor(random: () => number) {
    this.#random = random
  }

  /**
   * Notes a failed attempt.
   *
   * @param now seconds of the `SteadyClock`
   * @param retryAfter seconds that the server asked for; 0 if it did not ask
   * @returns seconds until the next attempt is allowed
   */
  failed(now: number, retryAfter: number): number {
    const ceiling = Math.min(most, least * 2 ** this.#failures)
    this.#failures += 1
    const delay = Math.max(least, this.#random() * ceiling, Math.min(retryAfter, longestRetryAfter))
    this.#until = now + delay
    return delay
  }

  /** Notes a success. The next failure starts again with the shortest delay. */
  succeeded(): void {
    this.#failures = 0
    this.#until = Number.NEGATIVE_INFINITY
  }

  /** Seconds until the next attempt is allowed; 0: now. */
  wait(now: number): number {
    return Math.max(0, this.#until - now)
  }
}

/**
 * Reads a Retry-After field (RFC 9110 §10.2.3): a number of seconds, or a date.
 *
 * @param value the field's value; null if there is none
 * @param wallNow the present by the wall clock, seconds since the epoch
 * @returns seconds from now; 0 for a date in the past and for a value that cannot be read
 */
export function parseRetryAfter(value: string | null, wallNow: number): number {
  if (value === null) return 0
  if (/^\d+$/.test(value)) return Number(value)
  const date = value.endsWith(' GMT') ? Date.parse(value) / 1000 : Number.NaN
  return Number.isNaN(date) ? 0 : Math.max(0, date - wallNow)
}
