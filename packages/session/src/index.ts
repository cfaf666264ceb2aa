/**
 * For apps that log their own users in: sessions, keyrings, the store in memory, and their options.
 *
 * @module @latchkey/session
 */

export { createSessions } from './create-sessions.js'
export type { CookieOptions, SessionCookieOptions } from './delivery/cookies.js'
export type { ReadBody } from './delivery/delivery.js'
export type { SessionAnswer } from './delivery/session-answer.js'
export type { DeviceBoundOptions } from './device/device-option.js'
export type {
  DeviceMismatchEvent,
  RefreshReusedEvent,
  RevocationUnsureEvent,
  SessionBoundEvent,
  SessionEndedEvent,
  SessionEndReason,
  SessionEvent,
  SessionRefreshedEvent,
  SessionStartedEvent,
  StoreRestoredEvent,
  StoreUnavailableEvent,
} from './events/events.js'
export type { Keyring, SigningKey } from './keyring/keyring.js'
export { createKeyring, type KeyringOptions, type LocalKeyring } from './keyring/local-keyring.js'
export { createPrivateJwk, type PemKey, type PrivateJwkPair, type PrivateKey } from './keyring/private-key.js'
export type { KeyringEntry } from './keyring/published-keys.js'
export { createSecretKeyring, type SecretKeyringOptions } from './keyring/secret-keyring.js'
export { createStoredKeyring, type StoredKeyring } from './keyring/stored-keyring.js'
export type { StoredKeyringOptions } from './keyring/stored-keyring-options.js'
export type { OnRefresh, RefreshingSession } from './refresh/refresh-hook.js'
export { type MemoryStoreOptions, memoryStore } from './store/memory-store.js'
export {
  type Binding,
  type BindingResult,
  type Ended,
  type Family,
  type FamilyRecord,
  type FamilyStore,
  type Gone,
  type KeyRecord,
  type KeyStore,
  type NewFamily,
  type RevocationLog,
  type RevocationWatcher,
  type Rotation,
  type RotationResult,
  type SessionStore,
  type Started,
  StoreUnavailableError,
  type WhyGone,
} from './store/session-store.js'
export type { Grant, Login } from './tokens/login.js'
export type { ListedSession } from './verbs/devices.js'
export type { ReadForm, SessionVerb } from './verbs/session-verb.js'
export type { Sessions, SessionsOptions, VerbOptions } from './verbs/sessions.js'
