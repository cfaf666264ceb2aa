export type { CookieOptions } from './cookies.js'
export { createSessions } from './create-sessions.js'
export type { ReadBody } from './delivery.js'
export type {
  RefreshReusedEvent,
  RevocationUnsureEvent,
  SessionEndedEvent,
  SessionEvent,
  SessionRefreshedEvent,
  SessionStartedEvent,
  StoreRestoredEvent,
  StoreUnavailableEvent,
} from './events.js'
export type { Grant, Login } from './grant.js'
export type { KeyringEntry } from './held-signing-keys.js'
export type { Keyring, SigningKey } from './keyring.js'
export { createKeyring, type KeyringOptions, type LocalKeyring } from './local-keyring.js'
export { type MemoryStoreOptions, memoryStore } from './memory-store.js'
export { createPrivateJwk, type PemKey, type PrivateJwkPair, type PrivateKey } from './private-key.js'
export type { OnRefresh, RefreshingSession } from './refresh-session.js'
export { createSecretKeyring, type SecretKeyringOptions } from './secret-keyring.js'
export type { SessionAnswer } from './session-answer.js'
export {
  type Family,
  type FamilyRecord,
  type FamilyStore,
  type KeyRecord,
  type KeyStore,
  type NewFamily,
  type RevocationLog,
  type RevocationWatcher,
  type Rotation,
  type RotationResult,
  type SessionStore,
  StoreUnavailableError,
} from './session-store.js'
export type { AuthenticateOrRefresh, RefreshedDecision, Sessions, SessionsOptions } from './sessions.js'
export { createStoredKeyring, type StoredKeyring, type StoredKeyringOptions } from './stored-keyring.js'
