import type { AuthErrorCode } from './error-codes.js'
import type { CoreEvent, Emit } from './events.js'

/** Plain counters since the verifier was made. */
export interface VerifierStats {
  /** Requests with an identity that passed everything. Nobody at an optional guard counts nowhere. */
  readonly allowed: number
  /** Refusals by code; one that never happened is absent. */
  readonly denied: { readonly [Code in AuthErrorCode]?: number }
  /** Tokens found good that were remembered from before, whatever the route then said. */
  readonly remembered: number
  /** Tokens found good that were verified in full, whatever the route then said. */
  readonly firstSeen: number
  /** Fetches of key sets. */
  readonly keyFetches: { readonly ok: number; readonly failed: number }
}

/** The same, where they are counted. */
export interface Counters {
  allowed: number
  readonly denied: { [Code in AuthErrorCode]?: number }
  remembered: number
  firstSeen: number
  readonly keyFetches: { ok: number; failed: number }
}

/** Counters at nought. */
export function createCounters(): Counters {
  return { allowed: 0, denied: {}, remembered: 0, firstSeen: 0, keyFetches: { ok: 0, failed: 0 } }
}

/** Counts what an event tells, then hands it on. */
export function counting(counters: Counters, emit: Emit<CoreEvent>): Emit<CoreEvent> {
  return (event) => {
    if (event.type === 'denied') counters.denied[event.code] = (counters.denied[event.code] ?? 0) + 1
    else if (event.type === 'keys_refreshed') counters.keyFetches.ok++
    else if (event.type === 'keys_refresh_failed') counters.keyFetches.failed++
    emit(event)
  }
}

/** A copy that no longer changes. */
export function snapshotOf(counters: Counters): VerifierStats {
  return { ...counters, denied: { ...counters.denied }, keyFetches: { ...counters.keyFetches } }
}
