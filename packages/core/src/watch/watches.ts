import type { Clock } from '../clock.js'
import type { VerifiedToken } from '../token/verified-token.js'

/** One identity that is watched, as `Watches` keeps it. */
export interface Watched {
  /** The token that counts now. */
  verified: VerifiedToken
  /** Called once, when it is over. What it throws is reported as an uncaught exception. */
  readonly onEnd: () => void
}

// By real time, whatever the verifier's clock is: half of the second that an end may be late.
const period = 500

/** Identities that are watched with one timer, which runs while anything is watched and keeps no process alive. */
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
    // Web runtimes give a number, which has no such method, and keep nothing alive for it.
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

  /** Ends one, unless it has ended before. */
  end(watched: Watched): void {
    if (!this.#all.has(watched)) return
    this.remove(watched)
    // On its own, so that what it throws stops neither the others' ends nor a renewal.
    queueMicrotask(watched.onEnd)
  }

  #look(): void {
    const now = this.#clock()
    for (const watched of this.#all) if (isOver(watched.verified, now)) this.end(watched)
  }
}

/**
 * Whether a token is good no longer: `exp` without tolerance, since nothing is under way that a tolerance would save, then all
 * that a request would be asked. Past the stale limit of its key set no key is trusted. A store that does not know (`unsure`) ends
 * nothing: it fails open until the token expires, so that an outage does not cut every connection. So does a lookup's word that has
 * only grown old: the issuer is looked up again when a request needs it, and where it is ours no longer, all of it ends.
 */
export function isOver(verified: VerifiedToken, now: number): boolean {
  if (!(now < verified.signed.exp) || verified.issuer.lease?.isEnded === true) return true
  const fault = verified.faultAt(now)
  return fault !== undefined && fault !== 'revocation_unsure'
}
