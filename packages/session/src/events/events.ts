import type { DenialReason } from '@latchkey/core'

/** A log-in has started a session. */
export interface SessionStartedEvent {
  readonly type: 'session_started'
  /** The session's id, as in `sid` and `list`. It is safe in logs, because it signs nobody in. */
  readonly session: string
}

/** A refresh token was exchanged for its successor. */
export interface SessionRefreshedEvent {
  readonly type: 'session_refreshed'
  /** The session's id. */
  readonly session: string
  /** True if the same successor was given again within the grace. */
  readonly repeated: boolean
}

/**
 * Why a session has ended before its time.
 *
 * - `end`: the user has logged out.
 * - `end_one`: the app has called `endOne`.
 * - `end_all`: all sessions of the subject were ended.
 * - `hook`: the app's `onRefresh` has refused.
 * - `reuse`: an old refresh token was used again.
 * - `replaced`: the browser has logged in again.
 * - `unbound`: no device was bound to it in time, whatever ended it then.
 * - `evicted`: its subject, or a store in memory, had too many sessions.
 */
export type SessionEndReason = 'end' | 'end_one' | 'end_all' | 'hook' | 'reuse' | 'replaced' | 'unbound' | 'evicted'

/** A session has ended before its time. */
export interface SessionEndedEvent {
  readonly type: 'session_ended'
  /** The session's id. */
  readonly session: string
  /** Why it has ended. */
  readonly reason: SessionEndReason
}

/** An old refresh token was used again, so it or its successor was stolen. The session was ended. Reported once per session. */
export interface RefreshReusedEvent {
  readonly type: 'refresh_reused'
  /** The session's id. */
  readonly session: string
}

/** A browser has bound a session to a key of its device. */
export interface SessionBoundEvent {
  readonly type: 'session_bound'
  /** The session's id. */
  readonly session: string
}

/**
 * Somebody has tried to refresh a device-bound session with another key, a malformed proof or an invented challenge: the
 * cookies were copied. Nothing has changed, and the owner can go on.
 */
export interface DeviceMismatchEvent {
  readonly type: 'device_mismatch'
  /** The session's id. */
  readonly session: string
  /** What was wrong with the proof. */
  readonly reason: DenialReason
}

/** The store does not answer. Guards still work; session verbs answer 503. Reported once until `store_restored`. */
export interface StoreUnavailableEvent {
  readonly type: 'store_unavailable'
}

/** The store answers again. */
export interface StoreRestoredEvent {
  readonly type: 'store_restored'
}

/** The revocation list may be incomplete. With immediate revocation, the sessions' tokens get 503 until it is loaded again. */
export interface RevocationUnsureEvent {
  readonly type: 'revocation_unsure'
}

/** All events that sessions report to `onEvent`. */
export type SessionEvent =
  | SessionStartedEvent
  | SessionRefreshedEvent
  | SessionEndedEvent
  | RefreshReusedEvent
  | SessionBoundEvent
  | DeviceMismatchEvent
  | StoreUnavailableEvent
  | StoreRestoredEvent
  | RevocationUnsureEvent
