import { FetchFailure } from './fetch-failure.js'
import { type Fetching, fetchJson, type JsonReply } from './fetch-json.js'
import { isOnLoopback, isSecureUrl } from './secure-url.js'

/** Where an issuer's metadata document is, and what it may name. */
export interface MetadataPlace {
  /** The configured issuer. */
  readonly issuer: string
  /** Where the document is, if not where the issuer's own URL says. */
  readonly metadataUri: string | undefined
  /** Hosts whose keys may come over http. */
  readonly plainHttp: readonly string[]
}

/**
 * Finds an issuer's `jwks_uri` through its metadata document: at the configured place, or at OpenID Connect Discovery's
 * location first, and where that answers with a 4xx, RFC 8414's. The document must name the issuer we asked for (§3.3).
 * It may lead to loopback only where the issuer itself is there: it must not reach what runs beside this process.
 */
export async function locateJwks(place: MetadataPlace, fetching: Fetching): Promise<string | FetchFailure> {
  const { issuer, plainHttp } = place
  const response = await fetchMetadata(place, fetching)
  if (response instanceof FetchFailure) return response
  const { issuer: named, jwks_uri: uri } = response.body
  if (named !== issuer) return new FetchFailure('issuer_mismatch', 'metadata', response.url)
  return isSecureUrl(uri, { onLoopback: isOnLoopback(issuer), hosts: plainHttp })
    ? uri
    : new FetchFailure('metadata_invalid', 'metadata', response.url)
}

async function fetchMetadata(
  { issuer, metadataUri }: MetadataPlace,
  fetching: Fetching,
): Promise<(JsonReply & { readonly url: string }) | FetchFailure> {
  const url = metadataUri ?? openIdLocation(issuer)
  const response = await fetchJson(url, 'metadata', fetching)
  if (!(response instanceof FetchFailure)) return { ...response, url }
  if (metadataUri !== undefined || !isAbsent(response.details.status)) return response
  const second = oauthLocation(issuer)
  const other = await fetchJson(second, 'metadata', fetching)
  return other instanceof FetchFailure ? other : { ...other, url: second }
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
