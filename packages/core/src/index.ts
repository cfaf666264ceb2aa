/**
 * What an app calls: a verifier, its options, its errors and events.
 *
 * @module @latchkey/core
 */

export type { Auth, RegisteredClaims, TokenSourceKind, UntypedClaims } from './auth.js'
export { AuthError, type AuthErrorOptions } from './auth-error.js'
export { createDpop, type Dpop, type DpopOptions } from './binding/dpop.js'
export { createMtls, type Mtls, type MtlsOptions } from './binding/mtls.js'
export type { NonceOptions } from './binding/nonces.js'
export {
  type MemoryReplayStore,
  type MemoryReplayStoreOptions,
  memoryReplayStore,
  type ReplayStore,
} from './binding/replay-store.js'
export type { Clock } from './clock.js'
export { ConfigError } from './config-error.js'
export { createVerifier } from './create-verifier.js'
export type { TrustedOriginsOption } from './csrf/trusted-origins.js'
export type { DenialReason } from './denial-reason.js'
export type { AuthErrorCode } from './error-codes.js'
export type {
  CoreEvent,
  DeniedEvent,
  FetchStep,
  IssuerLookupFailedEvent,
  KeysFailure,
  KeysRefreshedEvent,
  KeysRefreshFailedEvent,
  KeysStaleServedEvent,
  KeyUnknownEvent,
  LookupFailure,
} from './events.js'
export type { IssuerOptions } from './issuer-options.js'
export type { FindIssuer, FoundIssuer } from './issuers/find-issuer.js'
export type { Algorithm } from './keys/algorithms.js'
export type { Secret } from './keys/configured-keys.js'
export type { Jwk, JwkSet } from './keys/jwk.js'
export type { KeySetSnapshot } from './keys/key-set.js'
export type { KeySetOptions } from './keys/key-set-options.js'
export type { LiveJwks } from './keys/local-key-set.js'
export type { PublicKeys } from './keys/public-keys.js'
export { createKeySet, type SharedKeySet, type SharedKeySetOptions } from './keys/shared-key-set.js'
export {
  type ProtectedResource,
  type ProtectedResourceOptions,
  protectedResource,
  type ResourceMetadata,
} from './protected-resource.js'
export type { AuthorizationDetailOptions } from './requirement/authorization-details.js'
export type { Requirement, RequirementOptions } from './requirement/requirement.js'
export { requirementOf } from './requirement/requirement-of.js'
export type { ScopeImplies } from './requirement/scope-hierarchy.js'
export type { VerifierStats } from './stats.js'
export type { ClaimsSchema } from './token/claims-schema.js'
export { createTokenDecryption, type DecryptionKey, type TokenDecryption } from './token/token-decryption.js'
export type { TokenSource } from './token-source/token-source.js'
export type { Verifier } from './verifier.js'
export type { SharedOptions, VerifierOptions } from './verifier-options.js'
export type { Watch } from './watch/create-watch.js'
