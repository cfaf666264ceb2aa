import type { DenialReason } from './denial-reason.js'
import type { AuthErrorCode } from './error-codes.js'

/** A request was refused: by a guard, a verb of the sessions, or `verify`. */
export interface DeniedEvent {
  readonly type: 'denied'
  /** What the client was told. */
  readonly code: AuthErrorCode
  /** More detail than the code; the code itself if there is none. */
  readonly reason: DenialReason
  /** The configured issuer that the token named; absent if none was chosen. */
  readonly issuer?: string
}

/** Why an issuer's keys could not be fetched. */
export type KeysFailure =
  | 'timeout'
  | 'network'
  | 'status'
  | 'redirect'
  | 'too_large'
  | 'content_coding'
  | 'not_json'
  | 'metadata_invalid'
  | 'issuer_mismatch'
  | 'private_key'
  | 'too_many_keys'
  | 'no_usable_key'

/** What was fetched: the issuer's metadata document, or the key set itself. */
export type FetchStep = 'metadata' | 'keys'

/** An issuer's key set was fetched and is now in use. */
export interface KeysRefreshedEvent {
  readonly type: 'keys_refreshed'
  /** The issuer's name; for a shared key set, its URL. */
  readonly issuer: string
  /**
   * The kids that are now trusted, in the order of the set. Each is cut to 128 characters, and unusual characters are escaped.
   * A key without a kid is not listed.
   */
  readonly kids: readonly string[]
}

/** A fetch of an issuer's keys failed. The next attempt is made after `retryAfter` seconds at the earliest. */
export interface KeysRefreshFailedEvent {
  readonly type: 'keys_refresh_failed'
  /** The issuer's name; for a shared key set, its URL. */
  readonly issuer: string
  /** Why the fetch failed. */
  readonly reason: KeysFailure
  /** What was fetched. If several places were tried, the last one. */
  readonly step: FetchStep
  /** The URL that was fetched, without its query. */
  readonly url: string
  /** The HTTP status of the answer; only with the reason `status`. */
  readonly status?: number
  /** The platform's code of a failed connection, e.g. `ENOTFOUND` or `SELF_SIGNED_CERT_IN_CHAIN`; absent if there is none. */
  readonly cause?: string
  /** Seconds until the next attempt is allowed. */
  readonly retryAfter: number
}

/** A key set is no longer fresh but still used, because no newer one could be fetched. Reported once per outage. */
export interface KeysStaleServedEvent {
  readonly type: 'keys_stale_served'
  /** The issuer's name; for a shared key set, its URL. */
  readonly issuer: string
  /** Seconds since the set was fetched. */
  readonly age: number
}

/** A token named a key that is not in the issuer's set. The set was fetched again before, if that was allowed. */
export interface KeyUnknownEvent {
  readonly type: 'key_unknown'
  /** The issuer that the token named. */
  readonly issuer: string
  /** The kid that the token named, cut to 128 characters, with unusual characters escaped. */
  readonly kid: string
}

/** Why the app's function `issuers` did not find out whose a token is. */
export type LookupFailure = 'threw' | 'timeout' | 'issuer_mismatch' | 'options_refused'

/** A call of the app's function `issuers` failed. Tokens of that issuer were answered with `keys_unavailable`. */
export interface IssuerLookupFailedEvent {
  readonly type: 'issuer_lookup_failed'
  /** The `iss` of the token, which nobody has verified, cut to 128 characters, with unusual characters escaped. */
  readonly issuer: string
  /**
   * `threw`: the function threw or rejected. `timeout`: it took more than 3 seconds. `issuer_mismatch`: its options name another
   * issuer. `options_refused`: in a list, its options would be a `ConfigError`.
   */
  readonly reason: LookupFailure
  /** The message of that `ConfigError`; only with `options_refused`. */
  readonly detail?: string
}

/** All events that a verifier reports to `onEvent`. */
export type CoreEvent =
  | DeniedEvent
  | KeysRefreshedEvent
  | KeysRefreshFailedEvent
  | KeysStaleServedEvent
  | KeyUnknownEvent
  | IssuerLookupFailedEvent

/**
 * Makes a text of somebody else fit for a log. It keeps at most 128 characters and writes everything but printable ASCII as
 * `\\uXXXX`, so that the text can neither end a line, nor reverse one, nor look like other text.
 */
export function printable(text: string): string {
  return text.slice(0, 128).replaceAll(/[^ -~]|\\/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Hands an event to the listener, if there is one. */
export type Emit<Event = CoreEvent> = (event: Event) => void

/**
 * Wraps the app's listener. What the listener throws changes no answer. It is reported as an uncaught exception, as EventTarget
 * does it.
 *
 * @param listener the app's listener; undefined: events are dropped
 */
export function createEmit<Event>(listener: ((event: Event) => void) | undefined): Emit<Event> {
  if (listener === undefined) return () => {}
  return (event) => {
    try {
      listener(event)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }
}
