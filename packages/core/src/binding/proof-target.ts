import type { DenialReason } from '../denial-reason.js'
import type { JsonObject } from '../token/compact-jws.js'
import { normalizeTargetUri } from './normalize-uri.js'

/** The request that a proof must name. */
export interface ProvenRequest {
  readonly method: string
  /** The target URI as the client sees it. */
  readonly uri: string
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
