import { LRUCache } from 'lru-cache'

const burst = 2
const mostMisses = 1024
const missFor = 30
const longestKid = 256

/**
 * Keeps tokens with made-up kids from reaching the issuer: refetches for an unknown kid draw on a small allowance that
 * fills up again with time, whatever comes of them, and a kid that a refetch did not find is remembered for 30 s.
 * Moments are seconds of the `SteadyClock`.
 */
export class UnknownKids {
  readonly #cooldown: number
  #allowance = burst
  #countedAt = 0
  // Made at the first miss: most issuers never have one.
  #misses: LRUCache<string, number> | undefined

  /** @param cooldown seconds in which one refetch is gained; 0: no limit */
  constructor(cooldown: number) {
    this.#cooldown = cooldown
  }

  /** Takes one refetch from the allowance; false where there is none left. */
  mayRefetch(now: number): boolean {
    if (this.#cooldown === 0) return true
    this.#allowance = Math.min(burst, this.#allowance + (now - this.#countedAt) / this.#cooldown)
    this.#countedAt = now
    if (this.#allowance < 1) return false
    this.#allowance -= 1
    return true
  }

  /** Seconds until the allowance has a refetch again. Only meaningful right after `mayRefetch` refused. */
  get wait(): number {
    return (1 - this.#allowance) * this.#cooldown
  }

  /** Remembers that the issuer, just asked, does not have a kid. Very long ones are not kept: they would cost memory. */
  remember(kid: string, now: number): void {
    if (kid.length > longestKid) return
    this.#misses ??= new LRUCache({ max: mostMisses })
    this.#misses.set(kid, now + missFor)
  }

  /** Whether the issuer was found not to have this kid within the last 30 s. */
  isMissing(kid: string, now: number): boolean {
    const until = this.#misses?.get(kid)
    return until !== undefined && now < until
  }
}
