import type { DenialReason } from '../denial-reason.js'
import { type MaybePromise, whenReady } from '../maybe-promise.js'
import type { JsonObject } from '../token/compact-jws.js'

/** When a proof is good; all in seconds. */
export interface ProofTimes {
  readonly now: number
  /** The longest time since `iat`. */
  readonly maxAge: number
  /** How far the client's clock may differ. */
  readonly clockTolerance: number
}

/** Checks that a proof has a `jti` and was made lately (RFC 9449 §4.3 point 11, §11.1). */
export function checkProofTime(claims: JsonObject, times: ProofTimes): DenialReason | undefined {
  const { jti, iat } = claims as Record<string, unknown>
  const { now, maxAge, clockTolerance } = times
  if (typeof jti !== 'string' || jti === '' || jti.length > 256) return 'jti_invalid'
  if (typeof iat !== 'number' || !Number.isFinite(iat)) return 'iat_invalid'
  if (iat > now + clockTolerance) return 'iat_in_future'
  return now < iat + maxAge + clockTolerance ? undefined : 'proof_stale'
}

/** Checks that a proof is for the token with this hash (RFC 9449 §4.3 point 12). */
export function checkProofToken(
  claims: JsonObject,
  hash: MaybePromise<string>,
): MaybePromise<DenialReason | undefined> {
  return whenReady(hash, (expected) => (claims['ath'] === expected ? undefined : 'ath_mismatch'))
}
