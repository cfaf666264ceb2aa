const least = 0.25
const most = 30
const longestRetryAfter = 3600

/**
 * How long a failing endpoint is left alone: full jitter under a ceiling that doubles from 0.25 s to 30 s, but never
 * less than 0.25 s, so that the number of attempts has a bound even where the random source has no luck. A server's
 * Retry-After is honoured where it asks for longer, up to an hour, so that one odd answer cannot use up the stale limit.
 */
export class BackOff {
  readonly #random: () => number
  #failures = 0
  #until = Number.NEGATIVE_INFINITY

  /** @param random a number from 0 to 1, as `Math.random` */
  constructor(random: () => number) {
    this.#random = random
  }

  /**
   * Notes a failed attempt.
   *
   * @param now seconds
   * @param retryAfter seconds that the server asked for; 0 where it did not
   * @returns seconds until the next attempt is allowed
   */
  failed(now: number, retryAfter: number): number {
    const ceiling = Math.min(most, least * 2 ** this.#failures)
    this.#failures += 1
    const delay = Math.max(least, this.#random() * ceiling, Math.min(retryAfter, longestRetryAfter))
    this.#until = now + delay
    return delay
  }

  /** Notes a success: the next failure starts from the bottom. */
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
 * @param value the field's value, null where there is none
 * @param wallNow the present by the wall clock, seconds since the epoch
 * @returns seconds from now; 0 for a date that has passed and for what cannot be read
 */
export function parseRetryAfter(value: string | null, wallNow: number): number {
  if (value === null) return 0
  if (/^\d+$/.test(value)) return Number(value)
  const date = value.endsWith(' GMT') ? Date.parse(value) / 1000 : Number.NaN
  return Number.isNaN(date) ? 0 : Math.max(0, date - wallNow)
}
