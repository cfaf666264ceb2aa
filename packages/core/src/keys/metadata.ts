import { type FetchBudget, FetchFailure, fetchJson, type JsonResponse } from './fetch-json.js'
import { isSecureUrl } from './secure-url.js'

/**
 * Finds an issuer's `jwks_uri` through its metadata document: OpenID Connect Discovery's location first, and where that
 * answers with a 4xx, RFC 8414's. The document must name the issuer we asked for (RFC 8414 §3.3).
 *
 * @param issuer the configured issuer, an https or loopback URL
 */
export async function locateJwks(issuer: string, budget: FetchBudget): Promise<string | FetchFailure> {
  const response = await fetchMetadata(issuer, budget)
  if (response instanceof FetchFailure) return response
  const { issuer: named, jwks_uri: uri } = response.body
  if (named !== issuer) return new FetchFailure('issuer_mismatch')
  return typeof uri === 'string' && isSecureUrl(uri) ? uri : new FetchFailure('metadata_invalid')
}

async function fetchMetadata(issuer: string, budget: FetchBudget): Promise<JsonResponse | FetchFailure> {
  const response = await fetchJson(openIdLocation(issuer), budget)
  const elsewhere = response instanceof FetchFailure && isAbsent(response.status)
  return elsewhere ? fetchJson(oauthLocation(issuer), budget) : response
}

/** A 4xx says that there is no such document; 429 only that we should come back later. */
function isAbsent(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500 && status !== 429
}

/** Appended to the issuer (OpenID Connect Discovery 1.0 §4). */
function openIdLocation(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
}

/** Inserted between host and path (RFC 8414 §3.1). */
function oauthLocation(issuer: string): string {
  const { origin, pathname } = new URL(issuer)
  return `${origin}/.well-known/oauth-authorization-server${pathname.replace(/\/$/, '')}`
}
