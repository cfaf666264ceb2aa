import type { DenialReason } from './denial-reason.js'
import type { AuthErrorCode } from './error-codes.js'

/** A request was refused by a guard. */
export interface DeniedEvent {
  readonly type: 'denied'
  readonly code: AuthErrorCode
  /** Finer word than the code; the code itself where there is none. */
  readonly reason: DenialReason
  /** The configured issuer that the token named, where one was chosen. */
  readonly issuer?: string
}

/** What can go wrong between asking for keys and holding them. */
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

/** What a fetch was for: the issuer's metadata document, or the key set itself. */
export type FetchStep = 'metadata' | 'keys'

/** An issuer's key set was fetched and is now in use. */
export interface KeysRefreshedEvent {
  readonly type: 'keys_refreshed'
  readonly issuer: string
  /** The kids now trusted, in the order of the set, each written as by `printable`; a key without one is not listed. */
  readonly kids: readonly string[]
}

/** A fetch of an issuer's keys failed; the next one is not made before `retryAfter` seconds have passed. */
export interface KeysRefreshFailedEvent {
  readonly type: 'keys_refresh_failed'
  readonly issuer: string
  readonly reason: KeysFailure
  /** What was being fetched; of several places tried the last. */
  readonly step: FetchStep
  /** From where, without its query. */
  readonly url: string
  /** The status that was answered, where that was the reason. */
  readonly status?: number
  /** The platform's code, where the connection failed: `ENOTFOUND`, `SELF_SIGNED_CERT_IN_CHAIN`. */
  readonly cause?: string
  /** Seconds until the next attempt is allowed. */
  readonly retryAfter: number
}

/** The set is past its freshness and still served, because no newer one can be had. Once per outage. */
export interface KeysStaleServedEvent {
  readonly type: 'keys_stale_served'
  readonly issuer: string
  /** Seconds since the set was fetched. */
  readonly age: number
}

/** A token named a key that the issuer's set does not have, after the set was refetched where that was allowed. */
export interface KeyUnknownEvent {
  readonly type: 'key_unknown'
  readonly issuer: string
  /** The kid that was asked for, cut and written as by `printable`. */
  readonly kid: string
}

/** What went wrong with a lookup of an issuer by the app's function. */
export type LookupFailure = 'threw' | 'timeout' | 'issuer_mismatch' | 'options_refused'

/** The app's function did not say whose the tokens of an issuer are; they were answered with `keys_unavailable`. */
export interface IssuerLookupFailedEvent {
  readonly type: 'issuer_lookup_failed'
  /** The `iss` that was asked for: the token's word, cut and written as by `printable`. */
  readonly issuer: string
  /** `options_refused`: what it gave would be a `ConfigError` in a list. */
  readonly reason: LookupFailure
  /** That error's message. */
  readonly detail?: string
}

/** Everything that core reports. */
export type CoreEvent =
  | DeniedEvent
  | KeysRefreshedEvent
  | KeysRefreshFailedEvent
  | KeysStaleServedEvent
  | KeyUnknownEvent
  | IssuerLookupFailedEvent

/**
 * A text that somebody else wrote, fit for a log: at most 128 characters of it, all but printable ASCII as `\\uXXXX`, so that
 * it can neither end a line, nor turn one around, nor pass for other words.
 */
export function printable(text: string): string {
  return text.slice(0, 128).replaceAll(/[^ -~]|\\/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Hands an event to whoever listens. */
export type Emit<Event = CoreEvent> = (event: Event) => void

/**
 * Wraps the user's listener so that its failure neither changes an answer nor disappears: what it throws is reported as
 * an uncaught exception, as EventTarget does.
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
