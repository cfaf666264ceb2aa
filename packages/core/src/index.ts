export type { Auth, RegisteredClaims, TokenSourceKind } from './auth.js'
export { AuthError, type AuthErrorCode, type AuthErrorOptions, type DenialReason } from './auth-error.js'
export { type MemoryReplayStoreOptions, memoryReplayStore, type ReplayStore } from './binding/replay-store.js'
export type { Clock } from './clock.js'
export { ConfigError, refuseUnknownOptions, requireNonNegative } from './config-error.js'
export {
  createVerifier,
  type SharedOptions,
  type UntypedClaims,
  type Verifier,
  type VerifierOptions,
} from './create-verifier.js'
export { isCrossOrigin, isSerializedOrigin } from './csrf/cross-origin.js'
export { type Denial, denialOf, requireRealm } from './denial.js'
export {
  type CoreEvent,
  createEmit,
  type DeniedEvent,
  type Emit,
  type KeysFailure,
  type KeysRefreshedEvent,
  type KeysRefreshFailedEvent,
  type KeysStaleServedEvent,
  type KeyUnknownEvent,
} from './events.js'
export { failureOf } from './failure.js'
export { fetchRequestView } from './fetch-request-view.js'
export type { IssuerOptions, KeySetOptions } from './issuer.js'
export { parseJsonBody, readJsonBody } from './json-body.js'
export type { Algorithm } from './keys/algorithms.js'
export type { Secret } from './keys/configured-keys.js'
export type { Jwk, JwkSet } from './keys/jwk.js'
export type { KeySetSnapshot } from './keys/key-set.js'
export type { LiveJwks } from './keys/local-key-set.js'
export type { PublicKeys } from './keys/public-keys.js'
export type { MaybePromise } from './maybe-promise.js'
export { type NodeFields, nodeField, targetUri } from './raw-headers.js'
export type { Authenticate, Decision, RequestView } from './request-view.js'
export { createRequirement, type Requirement, type RequirementOptions } from './requirement/requirement.js'
export { optionalStoredAuth, requireStoredAuth, type StoredAuth } from './stored-auth.js'
export type { ClaimsSchema } from './token/claims-schema.js'
export { createTokenDecryption, type DecryptionKey, type TokenDecryption } from './token/token-decryption.js'
export { readCookie } from './token-source/cookie.js'
export type { TokenSource } from './token-source/select-token.js'
