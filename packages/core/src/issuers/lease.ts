import type { Clock } from '../clock.js'
import type { KeySet } from '../keys/key-set.js'

/** How long an answer counts: from when it was given, for so many seconds. A clock that steps back ends it. */
export class Lease {
  #from = 0
  #until = 0

  /** Lets it count from now on. */
  renew(now: number, seconds: number): void {
    this.#from = now
    this.#until = now + seconds
  }

  /** Ends it before its time. */
  end(): void {
    this.#until = Number.NEGATIVE_INFINITY
  }

  /** Whether it counts. */
  holds(now: number): boolean {
    return now < this.#until && now >= this.#from
  }
}

/**
 * A key set that trusts a key, for a token seen before, only as long as its issuer is known to be ours: after that the
 * token takes the full way, on which the issuer is looked up anew.
 */
export function leased(keySet: KeySet, lease: Lease, clock: Clock): KeySet {
  return {
    find: (wanted, lives) => keySet.find(wanted, lives),
    trusts: (key, wall, lives) => lease.holds(wall ?? clock()) && keySet.trusts(key, wall, lives),
    ready: () => keySet.ready(),
    refresh: () => keySet.refresh(),
    forget: (kid) => keySet.forget(kid),
    start: () => keySet.start(),
    snapshot: () => keySet.snapshot(),
  }
}
