import type { DenialReason } from '@latchkey/core'

/** A log-in began a session. */
export interface SessionStartedEvent {
  readonly type: 'session_started'
  /** The session's id, as in `sid` and `list`: names it in logs and signs nobody in. */
  readonly session: string
}

/** A refresh token was exchanged for its successor. */
export interface SessionRefreshedEvent {
  readonly type: 'session_refreshed'
  readonly session: string
  /** True where the same successor was given again within the grace. */
  readonly repeated: boolean
}

/**
 * Why a session is over before its time. `end`: its own log-out; `end_one`: `endOne`; `end_all`: all of the subject's; `hook`: the
 * app's refresh hook refused; `reuse`: a superseded token came back; `replaced`: the browser logged in again; `unbound`: no
 * device was bound to it in time; `evicted`: its subject, or a store in memory, had too many.
 */
export type SessionEndReason = 'end' | 'end_one' | 'end_all' | 'hook' | 'reuse' | 'replaced' | 'unbound' | 'evicted'

/** A session is over before its time. */
export interface SessionEndedEvent {
  readonly type: 'session_ended'
  readonly session: string
  readonly reason: SessionEndReason
}

/** A superseded refresh token came back: it or its successor was stolen. Once per session, which is ended. */
export interface RefreshReusedEvent {
  readonly type: 'refresh_reused'
  readonly session: string
}

/** A browser has bound a session to a key in its device. */
export interface SessionBoundEvent {
  readonly type: 'session_bound'
  readonly session: string
}

/**
 * A refresh of a device-bound session was tried with another key, a malformed proof or a made-up challenge: somebody has copied the
 * cookies. Nothing was consumed; the owner goes on.
 */
export interface DeviceMismatchEvent {
  readonly type: 'device_mismatch'
  readonly session: string
  /** What was wrong with the proof. */
  readonly reason: DenialReason
}

/** The store does not answer; guards go on, session verbs answer 503. Once until it is restored. */
export interface StoreUnavailableEvent {
  readonly type: 'store_unavailable'
}

/** The store answers again. */
export interface StoreRestoredEvent {
  readonly type: 'store_restored'
}

/** The revocation list may be incomplete: with immediate revocation its tokens get 503 until it is reloaded. */
export interface RevocationUnsureEvent {
  readonly type: 'revocation_unsure'
}

/** Everything that sessions report. */
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
