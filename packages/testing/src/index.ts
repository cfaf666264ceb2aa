/**
 * An issuer for tests: real keys and tokens, bad tokens of every kind, and the faults of a key server.
 *
 * @module @latchkey/testing
 */

export type { BadProof, BadProofName } from './bad-proofs.js'
export type { BadToken, BadTokenName } from './bad-tokens.js'
export { createTestAuthority, type TestAuthority, type TestCertificate } from './certificate.js'
export type { ProofRequest, TestDpopClient, TestDpopClientOptions } from './dpop.js'
export { createDrip, type Drip } from './drip.js'
export type { TestEndpoint, TestRequest } from './endpoint.js'
export { createEventLog, type EventLog } from './event-log.js'
export { type Answer, type Fault, type Faults, faults, type HealthyAnswer, type StatusOptions } from './faults.js'
export { fetchFrom } from './fetch-from.js'
export { createTestIssuer, type TestIssuer, type TestIssuerOptions } from './issuer.js'
export type { RotateOptions } from './issuer-keys.js'
export type { ListenOptions } from './loopback-server.js'
export { createManualClock, type ManualClock } from './manual-clock.js'
export { createTestKey, type TestKey, type TestKeyOptions } from './test-key.js'
export { signCompact, type TokenOptions } from './token-maker.js'
