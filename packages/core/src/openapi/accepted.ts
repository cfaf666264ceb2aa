import type { IssuerOptions } from '../issuer-options.js'
import { openIdLocation } from '../keys/metadata.js'
import { readTokenFrom } from '../token-source/token-source.js'
import type { VerifierOptions } from '../verifier-options.js'

/** A scheme of `components.securitySchemes` (OpenAPI 3.0 and 3.1, Security Scheme Object). */
export type SecurityScheme = {
  type: 'http' | 'apiKey' | 'openIdConnect'
  description: string
  scheme?: string
  bearerFormat?: string
  in?: 'cookie' | 'header'
  name?: string
  openIdConnectUrl?: string
}

/** What a verifier accepts, as far as an OpenAPI document can say it. */
export interface Accepted {
  /** Every way to send a token, by the name of its scheme. Any one of them is enough. */
  readonly schemes: ReadonlyMap<string, SecurityScheme>
  /** Whether the token may come in `Authorization`. */
  readonly takesHeader: boolean
  /** Whether a browser or proxy may add the token by itself, so that the origin is checked. */
  readonly checksOrigin: boolean
  readonly dpop: boolean
  /** Whether verifying a token needs an endpoint, a store or a function of the app, which may fail. */
  readonly mayBeUnavailable: boolean
}

/** Gives what a verifier with these options accepts. */
export function acceptedBy(options: VerifierOptions<object>): Accepted {
  const sources = readTokenFrom(options.tokenFrom)
  const issuers = listedIssuers(options)
  const schemes = new Map<string, SecurityScheme>()
  for (const source of sources) {
    if (source === 'header') addHeaderSchemes(schemes, options, issuers ?? [])
    else if ('cookie' in source) schemes.set(keyOf('cookie', source.cookie), apiKey('cookie', source.cookie))
    else schemes.set(keyOf('header', source.header), apiKey('header', source.header))
  }
  return {
    schemes,
    takesHeader: sources.includes('header'),
    checksOrigin: sources.some((source) => source !== 'header'),
    dpop: options.dpop !== undefined,
    mayBeUnavailable: options.dpop !== undefined || issuers === undefined || issuers.some(mustBeAsked),
  }
}

/** Gives the issuers; undefined if a function finds them. */
function listedIssuers(options: VerifierOptions<object>): readonly IssuerOptions[] | undefined {
  if (options.issuers === undefined) return [options]
  return typeof options.issuers === 'function' ? undefined : options.issuers
}

function addHeaderSchemes(
  schemes: Map<string, SecurityScheme>,
  { dpop }: VerifierOptions<object>,
  issuers: readonly IssuerOptions[],
): void {
  if (dpop?.required !== true) {
    const description = 'An access token in the header field Authorization, under the scheme Bearer (RFC 6750).'
    schemes.set('bearer', { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description })
  }
  if (dpop !== undefined) {
    const description = 'An access token that is bound to a key, with a proof in the header field DPoP (RFC 9449).'
    schemes.set('dpop', { type: 'http', scheme: 'dpop', bearerFormat: 'JWT', description })
  }
  const urls = issuers.flatMap(openIdConnectUrl)
  for (const [index, url] of urls.entries()) {
    const description = 'An access token of this provider, in the header field Authorization.'
    const name = index === 0 ? 'openIdConnect' : `openIdConnect${index + 1}`
    schemes.set(name, { type: 'openIdConnect', openIdConnectUrl: url, description })
  }
}

/** Gives the URL of an issuer's metadata document, if its keys are found through it. */
function openIdConnectUrl({ issuer, metadataUri, ...options }: IssuerOptions): string[] {
  if (isHeld(options) || options.jwksUri !== undefined || options.keys !== undefined) return []
  return [metadataUri ?? openIdLocation(issuer)]
}

function mustBeAsked(issuer: IssuerOptions): boolean {
  return !isHeld(issuer) || issuer.isRevoked !== undefined || issuer.introspection !== undefined
}

/** Whether the keys are configured, and never fetched or read again. */
function isHeld({ jwks, publicKeys, secret }: Omit<IssuerOptions, 'issuer'>): boolean {
  return publicKeys !== undefined || secret !== undefined || (jwks !== undefined && 'keys' in jwks)
}

function apiKey(place: 'cookie' | 'header', name: string): SecurityScheme {
  const description = place === 'cookie' ? 'An access token in a cookie.' : 'An access token that a proxy puts here.'
  return { type: 'apiKey', in: place, name, description }
}

/** Makes a scheme's name of the characters that a component's name may have. */
function keyOf(place: string, name: string): string {
  return `${place}.${name.replaceAll(/[^\w.-]/g, '_')}`
}
