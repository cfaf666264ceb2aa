/**
 * The entry point for packages that build on core: adapters, sessions, stores. An app uses `@latchkey/core` instead. Here are
 * the types between a framework and `authenticate`, and the functions that several packages share.
 *
 * @module @latchkey/core/adapter
 */

export { emitDenied } from '../authenticate.js'
export { systemClock } from '../clock.js'
export {
  isFilledText,
  refuseUnknownOptions,
  requireCount,
  requireList,
  requireNonNegative,
  requireOneOrMore,
} from '../config-error.js'
export { createVerifierBeside } from '../create-verifier-beside.js'
export { isCrossOrigin } from '../csrf/cross-origin.js'
export { readTrustedOrigins, type TrustedOrigins, type TrustedOriginsOption } from '../csrf/trusted-origins.js'
export { type Denial, denialOf, requireRealm } from '../denial.js'
export { createEmit, type Emit } from '../events.js'
export type { Introspect, Introspection, IntrospectionContext } from '../introspection.js'
export { isObject } from '../is-object.js'
export { asymmetricAlgorithms } from '../keys/algorithms.js'
export { algorithmsForSecrets, requireUsableKeys, secretBytes } from '../keys/configured-keys.js'
export { isOnCurve } from '../keys/curve-point.js'
export { checkJwk, type JwkFault } from '../keys/jwk.js'
export { isOnLoopback, isSecureUrl, type PlainHttp } from '../keys/secure-url.js'
export type { PublicJwk, VerificationKey } from '../keys/verification-key.js'
export { isPromise, type MaybePromise, whenReady } from '../maybe-promise.js'
export type { Authenticate, Decision, OriginDecision, RequestView } from '../request-view.js'
export { createRequirement, isScopeToken, type Requirement } from '../requirement/requirement.js'
export type { ResponseCookie, ResponseExtras } from '../response-extras.js'
export { verifySignature } from '../signature/verify-signature.js'
export { defaultClockTolerance } from '../token/claims.js'
export { type CompactJws, type JsonObject, maxTokenLength, parseCompactJws } from '../token/compact-jws.js'
export { deepestNesting, isTooDeep } from '../token/depth.js'
export { isCookieName, readCookie } from '../token-source/cookie.js'
export { withExtras } from '../with-extras.js'
export { within } from '../within.js'
export { answerUpgrade, isUpgrade, type UpgradeAnswer, type UpgradeSocket } from './answer-upgrade.js'
export { type AppAuth, createAppAuth, type Decide, type MakeGuard, type Outcome } from './app-auth.js'
export {
  type AnswerOptions,
  type AuthOptions,
  type GuardedSessions,
  readVerifier,
  type SessionGuardOptions,
} from './auth-options.js'
export { createCallbackAuth } from './callback-auth.js'
export { type CallbackFramework, type CallbackGuard, isUncached } from './callback-guard.js'
export { clientCertificate } from './client-certificate.js'
export { failureOf, isError } from './failure.js'
export { FetchRequestView, type Lifetime, type NodeBindings, upgradeOf } from './fetch-request-view.js'
export {
  createUpgradeGuard,
  type GuardUpgrade,
  type UpgradeContext,
  type UpgradeOptions,
  upgradeRequirement,
} from './guard-upgrade.js'
export { platformFetch } from './issuer-fetch.js'
export { parseJsonBody, readBody, readJsonBody } from './json-body.js'
export { cacheFields, keepFromCaches, type NodeResponse } from './last-word.js'
export { type NodeRequest, NodeRequestView } from './node-request-view.js'
export { type NodeFields, nodeField, targetUri } from './raw-headers.js'
export { requireCall } from './require-call.js'
export { serializeCookie } from './set-cookie.js'
export { leavesResponse, setsTokens, settleResponse } from './settle-response.js'
export { optionalStoredAuth, requireStoredAuth, type StoredAuth } from './stored-auth.js'
