import { type Challenger, createChallenger } from './binding/challenger.js'
import type { Dpop } from './binding/dpop.js'
import { ConfigError, refuseUnknownOptions, requireList } from './config-error.js'
import { isSecureUrl } from './keys/secure-url.js'
import { isScopeToken } from './requirement/requirement.js'
import type { TokenSource } from './token-source/token-source.js'

/** What clients learn about an API (RFC 9728 §2). */
export interface ProtectedResourceOptions {
  /**
   * The API's own identifier: an https URL without query and fragment (RFC 9728 §1.2), or http on loopback. It is usually the
   * same as the verifier's `audience`, because tokens for the API name it in `aud`.
   */
  readonly resource: string
  /** The issuers of tokens for the API, each an https URL (RFC 8414 §2), or http on loopback. Default: not published. */
  readonly authorizationServers?: readonly string[]
  /** The scopes that clients can ask for (RFC 6749 §3.3). Default: not published. */
  readonly scopes?: readonly string[]
}

/** The response to a `GET` of a protected resource's metadata (RFC 9728 §3.2). */
export interface ResourceMetadata {
  /** The path at which the app serves it (RFC 9728 §3.1). */
  readonly path: string
  /** Always 200. */
  readonly status: number
  /** The header fields, with names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The document (RFC 9728 §2), serialized. */
  readonly body: string
}

/** The verifier's options that also appear in the metadata. */
export interface ResourceContext {
  readonly dpop?: Dpop
  readonly tokenFrom?: readonly TokenSource[]
}

/** An API that says where its tokens come from. `protectedResource` makes it, for the option `resource` of `createVerifier`. */
export interface ProtectedResource {
  /** Gives the metadata, and the function that adds to an error how to challenge the client. `createVerifier` calls it. */
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
 * Makes the value of the option `resource` of `createVerifier`. With it, every challenge names the URL of the API's metadata
 * (`resource_metadata`, RFC 9728 §5.1), so that a client finds out by itself who issues tokens for the API. The document is
 * `verifier.resourceMetadata`; `resourceMetadata()` of an adapter serves it.
 *
 * @throws ConfigError if an option is missing, unknown or cannot be published
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

/** Whether a text is a secure URL of only the characters of RFC 3986 §2, so that it can go into a quoted string unchanged. */
function isIdentifier(url: unknown): url is string {
  return (
    isSecureUrl(url, { onLoopback: true, hosts: [] }) && /^https?:\/\/(?!\/)[\w\-.~:/[\]@!$&'()*+,;=%]+$/i.test(url)
  )
}

/** Checks a list; it must have members, because an empty one must not be published (RFC 9728 §2). */
function readList(
  option: string,
  list: unknown,
  isFit: (each: unknown) => each is string,
  what: string,
): readonly string[] | undefined {
  if (list === undefined) return undefined
  return requireList(`protectedResource: ${option}`, list, isFit, `takes ${what}, in a list. Leave it out for none.`)
}
