import type { AuthError } from '../auth-error.js'
import type { KeysFailure } from '../events.js'
import type { MaybePromise } from '../maybe-promise.js'
import type { RequestView } from '../request-view.js'
import type { KeyQuery } from './select-keys.js'
import type { VerificationKey } from './verification-key.js'

/** Keeps the platform alive for a fetch that outlasts the answer: the request's view. */
export type KeepsAlive = Pick<RequestView, 'waitUntil'>

/** Where one issuer's keys come from and what may be trusted now. One object per issuer. */
export interface KeySet {
  /**
   * Finds the keys that may have signed a token: one where it has a kid, a few where it has none.
   *
   * @param lives keeps a fetch alive that is begun for this request
   * @returns at least one key, or the refusal (`token_rejected`, `keys_unavailable`); a promise only where the network is
   * waited for
   */
  find(wanted: KeyQuery, lives?: KeepsAlive): MaybePromise<readonly VerificationKey[] | AuthError>
  /**
   * Whether a key found earlier may still be trusted: asked at every token-cache hit, so it costs a comparison or two.
   * May start a background refresh. False where the set is no longer current or no longer holds the key; the caller then
   * takes the full way, and `find` says why.
   *
   * @param wall seconds since the epoch, where the clock has just been read
   * @param lives keeps a fetch alive that is begun for this request
   */
  trusts(key: VerificationKey, wall?: number, lives?: KeepsAlive): boolean
  /** Resolves once a set is held; rejects with `keys_unavailable` where it cannot be had. At once for static keys. */
  ready(): Promise<void>
  /** Fetches now, whatever the freshness and the back-off say. Rejects with `keys_unavailable` where that fails. */
  refresh(): Promise<void>
  /** Stops trusting the key under a kid at once and for good, whatever it is called later: see `ForgottenKeys`. */
  forget(kid: string): void
  /** Makes the first fetch, where one is to be made before a token needs it. Called once, when all options were found good. */
  start(): void
  /** How things stand, for a readiness probe. */
  snapshot(): KeySetSnapshot
}

/** How one issuer's key set stands; holds nothing secret. */
export interface KeySetSnapshot {
  readonly issuer: string
  /** `static`: configured, never fetched. `empty`: nothing fetched yet. `expired`: past the stale limit. */
  readonly state: 'static' | 'empty' | 'fresh' | 'stale' | 'expired'
  /** Seconds since the set was fetched; null before the first and for static keys. */
  readonly age: number | null
  /** Kids trusted now. */
  readonly kids: readonly string[]
  /** What the last fetch failed of; null where it succeeded or none was made. */
  readonly lastError: KeysFailure | null
  /** When the next background fetch is due or the back-off ends, seconds since the epoch; null for static keys. */
  readonly nextAttempt: number | null
}
