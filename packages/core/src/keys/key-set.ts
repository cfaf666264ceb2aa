import type { AuthError } from '../auth-error.js'
import type { KeysFailure } from '../events.js'
import type { MaybePromise } from '../maybe-promise.js'
import type { RequestView } from '../request-view.js'
import type { KeyQuery } from './select-keys.js'
import type { VerificationKey } from './verification-key.js'

/** Keeps the platform alive for a fetch that takes longer than the response. A request's view can do that. */
export type KeepsAlive = Pick<RequestView, 'waitUntil'>

/** The keys of one issuer: where they come from, and which may be trusted now. */
export interface KeySet {
  /**
   * Finds the keys that may have signed a token: one if the token has a kid, at most four if it has none.
   *
   * @param lives keeps a fetch alive that starts with this request
   * @returns at least one key, or the refusal (`token_rejected`, `keys_unavailable`); a promise only if it must wait for the
   * network
   */
  find(wanted: KeyQuery, lives?: KeepsAlive): MaybePromise<readonly VerificationKey[] | AuthError>
  /**
   * Whether a key that was found earlier may still be trusted. It is called for every remembered token, so it must be fast. It
   * may start a refresh in the background. False if the set is expired or no longer has the key; the caller then verifies the
   * token in full, and `find` says why.
   *
   * @param wall the time of the wall clock in seconds since the epoch, if it has just been read
   * @param lives keeps a fetch alive that starts with this request
   */
  trusts(key: VerificationKey, wall?: number, lives?: KeepsAlive): boolean
  /** Resolves when a set is held, at once for static keys. Rejects with `keys_unavailable` if it cannot be fetched. */
  ready(): Promise<void>
  /** Fetches now, whatever the freshness and the back-off say. Rejects with `keys_unavailable` if that fails. */
  refresh(): Promise<void>
  /** Stops trusting the key with that kid, now and for good: see `ForgottenKeys`. */
  forget(kid: string): void
  /** Makes the first fetch, if `startup` asks for one before the first token. Called once, after all options were checked. */
  start(): void
  /** Gives the state of the set, for a readiness probe. */
  snapshot(): KeySetSnapshot
}

/** The state of one issuer's key set. It contains nothing secret. */
export interface KeySetSnapshot {
  /** The issuer's name; for a shared key set, its URL. */
  readonly issuer: string
  /**
   * `static`: the keys are configured and never fetched. `empty`: nothing was fetched yet. `fresh`: up to date. `stale`: a
   * refresh is due, and the set is still used. `expired`: too old to be used.
   */
  readonly state: 'static' | 'empty' | 'fresh' | 'stale' | 'expired'
  /** Seconds since the set was fetched; null before the first fetch and for static keys. */
  readonly age: number | null
  /** The kids that are trusted now. */
  readonly kids: readonly string[]
  /** Why the last fetch failed; null if it succeeded or if there was none. */
  readonly lastError: KeysFailure | null
  /** When the next background fetch is due, or when the back-off ends, in seconds since the epoch; null for static keys. */
  readonly nextAttempt: number | null
}
