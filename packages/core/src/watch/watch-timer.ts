import type { Clock } from '../clock.js'
import type { VerifiedToken } from '../token/verified-token.js'

/** One identity that is watched. */
export interface Watched {
  /** The token that counts now. */
  verified: VerifiedToken
  /** Called once, when the identity ends. What it throws is reported as an uncaught exception. */
  readonly onEnd: () => void
}

// Milliseconds of real time, whatever the verifier's clock is: half of the second by which an end may be late.
const period = 500

/** Watches identities with one timer. It runs while there is anything to watch, and does not keep the process alive. */
export class Watches {
  readonly #clock: Clock
  readonly #all: Set<Watched> = new Set()
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(watched: Watched): void {
    this.#all.add(watched)
    if (this.#timer !== undefined) return
    this.#timer = setInterval(() => this.#look(), period)
    // Web runtimes give a number, which has no such method, and their timers keep nothing alive.
    this.#timer.unref?.()
  }

  has(watched: Watched): boolean {
    return this.#all.has(watched)
  }

  remove(watched: Watched): void {
    this.#all.delete(watched)
    if (this.#all.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** Ends one identity, unless it has ended before. */
  end(watched: Watched): void {
    if (!this.#all.has(watched)) return
    this.remove(watched)
    // Later and alone, so that what it throws stops neither the other ends nor a renewal.
    queueMicrotask(watched.onEnd)
  }

  #look(): void {
    const now = this.#clock()
    for (const watched of this.#all) if (isOver(watched.verified, now)) this.end(watched)
  }
}

/**
 * Whether a token is no longer good for a connection. `exp` counts without tolerance. Then the same is checked as at a request:
 * after the stale limit of the key set, no key is trusted. But a store that does not know (`unsure`) ends nothing: until the
 * token expires, the connection stays open, so that an outage does not cut every connection. The same holds for a lookup that
 * is only too old. The issuer is looked up again when a request needs it, and if it is then no longer accepted, its connections
 * end.
 */
export function isOver(verified: VerifiedToken, now: number): boolean {
  if (!(now < verified.signed.exp) || verified.issuer.lease?.isEnded === true) return true
  const fault = verified.faultAt(now)
  return fault !== undefined && fault !== 'revocation_unsure'
}
