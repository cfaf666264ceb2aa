/** A log-in began a session. */
export interface SessionStartedEvent {
  readonly type: 'session_started'
  /** The family's id: names the session in logs and signs nobody in. */
  readonly family: string
}

/** A refresh token was exchanged for its successor. */
export interface SessionRefreshedEvent {
  readonly type: 'session_refreshed'
  readonly family: string
  /** True where the same successor was given again within the grace. */
  readonly repeated: boolean
}

/** A session is over before its time. */
export interface SessionEndedEvent {
  readonly type: 'session_ended'
  readonly family: string
  /** `end`: its own log-out; `end_all`: all of the subject's; `reuse`: a superseded token came back; `hook`: the app's refresh hook refused; `evicted`: there were too many. */
  readonly reason: 'end' | 'end_all' | 'reuse' | 'hook' | 'evicted'
}

/** A superseded refresh token came back: it or its successor was stolen. Once per family, which is ended. */
export interface RefreshReusedEvent {
  readonly type: 'refresh_reused'
  readonly family: string
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
  | StoreUnavailableEvent
  | StoreRestoredEvent
  | RevocationUnsureEvent
