import { type Challenger, createChallenger } from './binding/challenger.js'
import type { Dpop } from './binding/dpop.js'
import { ConfigError, refuseUnknownOptions } from './config-error.js'
import { isSecureUrl } from './keys/secure-url.js'
import { isScopeToken } from './requirement/requirement.js'
import type { TokenSource } from './token-source/token-source.js'

/** What clients are told about an API. */
export interface ProtectedResourceOptions {
  /**
   * The API's own identifier: an https URL without query and fragment (RFC 9728 §1.2), or http on loopback. Tokens for it carry
   * it as their audience, so it is mostly the same as `audience`.
   */
  readonly resource: string
  /** The issuers of which clients get tokens for it, each an https URL (RFC 8414 §2), or http on loopback. Default: not said. */
  readonly authorizationServers?: readonly string[]
  /** The scopes that clients can ask for. Default: not said. */
  readonly scopes?: readonly string[]
}

/** The metadata of a protected resource, as a `GET` of their path is answered. */
export interface ResourceMetadata {
  /** The path to mount it at. */
  readonly path: string
  /** Always 200. */
  readonly status: number
  /** Header fields, names lower-case. */
  readonly headers: Readonly<Record<string, string>>
  /** The document (RFC 9728 §2), serialized. */
  readonly body: string
}

/** What a verifier's own options add to what is said of a resource. */
export interface ResourceContext {
  readonly dpop?: Dpop
  readonly tokenFrom?: readonly TokenSource[]
}

/** An API that says where its tokens come from. Made by `protectedResource`; for the option `resource` of `createVerifier`. */
export interface ProtectedResource {
  /** Gives the metadata, and what says how to challenge. */
  readonly describe: (context: ResourceContext) => {
    readonly metadata: ResourceMetadata
    readonly challenger: Challenger
  }
}

const optionNames: Readonly<Record<keyof ProtectedResourceOptions, true>> = {
  resource: true,
  authorizationServers: true,
  scopes: true,
}
const wellKnown = '/.well-known/oauth-protected-resource'

/**
 * Makes what `createVerifier` takes as `resource`: then every challenge says where the API's metadata are
 * (`resource_metadata`, RFC 9728 §5.1), so that a client finds by itself who issues tokens for it. The document is
 * `verifier.resourceMetadata`; the app answers a `GET` of its path with it.
 *
 * @throws ConfigError for an option that is missing, unknown or not fit to be published
 */
export function protectedResource(options: ProtectedResourceOptions): ProtectedResource {
  refuseUnknownOptions('protectedResource', options, optionNames)
  const { resource } = options
  if (!isIdentifier(resource)) {
    throw new ConfigError(
      'protectedResource: resource must be an https URL without user information, query and fragment, or http on loopback.',
    )
  }
  const servers = readList('authorizationServers', options.authorizationServers, isIdentifier, 'https URLs of issuers')
  const scopes = readList('scopes', options.scopes, isScopeToken, 'scope words (RFC 6749 §3.3)')
  const { origin, pathname } = new URL(resource)
  const path = `${wellKnown}${pathname === '/' ? '' : pathname}`

  return {
    describe: ({ dpop, tokenFrom = ['header'] }) => ({
      metadata: {
        path,
        status: 200,
        headers: {
          'content-type': 'application/json',
          'cache-control': 'public, max-age=3600',
          'access-control-allow-origin': '*',
        },
        body: JSON.stringify({
          resource,
          authorization_servers: servers,
          scopes_supported: scopes,
          bearer_methods_supported: dpop?.required !== true && tokenFrom.includes('header') ? ['header'] : undefined,
          dpop_signing_alg_values_supported: dpop?.algorithms,
          dpop_bound_access_tokens_required: dpop?.required,
        }),
      },
      challenger: dpop?.challenger(origin + path) ?? createChallenger(['Bearer'], [], origin + path),
    }),
  }
}

/** Of characters that a URL is made of (RFC 3986 §2), so that it goes into a quoted string as it is. */
function isIdentifier(url: unknown): url is string {
  return isSecureUrl(url, { onLoopback: true, hosts: [] }) && /^https?:\/\/[\w\-.~:/[\]@!$&'()*+,;=%]+$/i.test(url)
}

/** A list without members is not to be published (RFC 9728 §2). */
function readList(
  option: string,
  list: unknown,
  isFit: (each: string) => boolean,
  what: string,
): readonly string[] | undefined {
  if (list === undefined) return undefined
  const isGood = Array.isArray(list) && list.length > 0 && list.every((each) => typeof each === 'string' && isFit(each))
  if (!isGood) throw new ConfigError(`protectedResource: ${option} must be a list of ${what}. Leave it out for none.`)
  return [...list]
}
