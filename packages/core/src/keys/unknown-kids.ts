import { LRUCache } from 'lru-cache'

const burst = 2
const mostMisses = 1024
const missFor = 30
const longestKid = 256

/**
 * Limits the refetches that tokens with unknown kids cause. Each refetch uses up a small allowance, which fills up again with
 * time, whether the refetch succeeds or not. A kid that a refetch did not find is remembered for 30 s. Moments are seconds of
 * the `SteadyClock`.
 */
export class UnknownKids {
  readonly #cooldown: number
  #allowance = burst
  #countedAt = 0
  // Made at the first miss, because most issuers never have one.
  #misses: LRUCache<string, number> | undefined

  /** @param cooldown seconds after which one more refetch is allowed; 0: no limit */
  constructor(cooldown: number) {
    this.#cooldown = cooldown
  }

  /** Takes one refetch from the allowance; false if none is left. */
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

  /** Remembers that the issuer does not have a kid. Kids over 256 characters are not kept, because they would cost memory. */
  remember(kid: string, now: number): void {
    if (kid.length > longestKid) return
    this.#misses ??= new LRUCache({ max: mostMisses })
    this.#misses.set(kid, now + missFor)
  }

  /** Whether a refetch within the last 30 s did not find this kid. */
  isMissing(kid: string, now: number): boolean {
    const until = this.#misses?.get(kid)
    return until !== undefined && now < until
  }
}
