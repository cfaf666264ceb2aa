import type { DenialReason } from '../denial-reason.js'
import { type MaybePromise, whenReady } from '../maybe-promise.js'
import type { JsonObject } from '../token/compact-jws.js'
import { normalizeTargetUri } from './target-uri.js'

/** The request that a proof must name. */
export interface ProvenRequest {
  readonly method: string
  /** The target URI as the client sees it. */
  readonly uri: string
}

/** When a proof is good; all in seconds. */
export interface ProofTimes {
  readonly now: number
  /** The longest time since `iat`. */
  readonly maxAge: number
  /** How far the client's clock may differ. */
  readonly clockTolerance: number
}

/** Checks that a proof is for this request (RFC 9449 §4.3 points 8 and 9). */
export function checkProofTarget(claims: JsonObject, request: ProvenRequest): DenialReason | undefined {
  const { htm, htu } = claims as Record<string, unknown>
  if (htm !== request.method) return 'htm_mismatch'
  if (isSameText(htu, request.uri)) return undefined
  const named = typeof htu === 'string' ? normalizeTargetUri(htu) : undefined
  if (named === undefined) return 'htu_mismatch'
  return normalizeTargetUri(request.uri) === named ? undefined : 'htu_mismatch'
}

/**
 * Whether both are the same text already, apart from the request's query. Nearly all proofs are, and then normalisation is not
 * needed. It answers true only for URIs of a simple form that normalisation would accept.
 */
function isSameText(htu: unknown, uri: string): boolean {
  if (typeof htu !== 'string' || !uri.startsWith(htu) || !plainUri.test(htu)) return false
  return uri.length === htu.length || uri[htu.length] === '?'
}

const plainUri = /^https?:\/\/[\w.-]+(?::\d+)?\/[\w.~/-]*$/

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
