import type { AuthErrorCode } from './error-codes.js'
import type { CoreEvent, Emit } from './events.js'

/** Plain counters since the verifier was made. */
export interface VerifierStats {
  /**
   * The requests with an identity that passed all checks. A request without a token at an optional guard is not counted anywhere.
   */
  readonly allowed: number
  /** The refusals by code. A code that never happened is absent. */
  readonly denied: { readonly [Code in AuthErrorCode]?: number }
  /** The good tokens that were remembered from before. A token counts even if the route then refused the request. */
  readonly remembered: number
  /** The good tokens that were verified in full. A token counts even if the route then refused the request. */
  readonly firstSeen: number
  /** The fetches of key sets, by their result. */
  readonly keyFetches: { readonly ok: number; readonly failed: number }
}

/** The same counters, while they count. */
export interface Counters {
  allowed: number
  readonly denied: { [Code in AuthErrorCode]?: number }
  remembered: number
  firstSeen: number
  readonly keyFetches: { ok: number; failed: number }
}

/** Makes counters that start at 0. */
export function createCounters(): Counters {
  return { allowed: 0, denied: {}, remembered: 0, firstSeen: 0, keyFetches: { ok: 0, failed: 0 } }
}

/** Wraps `emit` so that it counts each event before it passes it on. */
export function counting(counters: Counters, emit: Emit<CoreEvent>): Emit<CoreEvent> {
  return (event) => {
    if (event.type === 'denied') counters.denied[event.code] = (counters.denied[event.code] ?? 0) + 1
    else if (event.type === 'keys_refreshed') counters.keyFetches.ok++
    else if (event.type === 'keys_refresh_failed') counters.keyFetches.failed++
    emit(event)
  }
}

/** Copies the counters. The copy no longer changes. */
export function snapshotOf(counters: Counters): VerifierStats {
  return { ...counters, denied: { ...counters.denied }, keyFetches: { ...counters.keyFetches } }
}
