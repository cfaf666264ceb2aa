import { FetchFailure } from './fetch-failure.js'
import { type Fetching, fetchJson, type JsonReply } from './fetch-json.js'
import { isOnLoopback, isSecureUrl } from './secure-url.js'

/** Where an issuer's metadata document is, and which URLs it may name. */
export interface MetadataPlace {
  /** The configured issuer. */
  readonly issuer: string
  /** The configured URL of the document; undefined: the well-known locations. */
  readonly metadataUri: string | undefined
  /** The hosts whose keys may come over http. */
  readonly plainHttp: readonly string[]
}

/**
 * Finds an issuer's `jwks_uri` in its metadata document. It reads the document at the configured URL; without one, at the
 * location of OpenID Connect Discovery, and, if that answers with a 4xx, at that of RFC 8414. The document must name the same
 * issuer (RFC 8414 §3.3). It may name a URL on loopback only if the issuer itself is there, so that it cannot reach other
 * servers on this machine.
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

/** Whether the status says that there is no such document: any 4xx, but not 429, which only asks to come back later. */
function isAbsent(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500 && status !== 429
}

/** Appends the well-known path to the issuer (OpenID Connect Discovery 1.0 §4). */
export function openIdLocation(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
}

/** Inserts the well-known path between host and path (RFC 8414 §3.1). */
function oauthLocation(issuer: string): string {
  const { origin, pathname } = new URL(issuer)
  return `${origin}/.well-known/oauth-authorization-server${pathname.replace(/\/$/, '')}`
}
