import { ConfigError } from '@latchkey/core'
import { type Introspection, refuseUnknownOptions, requireNonNegative } from '@latchkey/core/adapter'
import type { CryptoKey, PrivateKey } from 'oauth4webapi'
import { isSecure } from './bounded-fetch.js'
import { type ClientOptions, clientAuthOf } from './client-auth.js'
import { createEndpoint } from './endpoint.js'
import { rememberAnswers } from './remembered-answers.js'

/** How the issuer is asked about a token, and as whom. Durations in seconds. */
export interface IntrospectionOptions extends ClientOptions {
  /** The client id that your API has with the issuer. */
  readonly clientId: string
  /** The client's secret, sent as HTTP Basic (`client_secret_basic`) or, with `post`, in the body (`client_secret_post`). */
  readonly clientSecret?: string
  /** How the secret is sent. Default `basic`. */
  readonly secretIn?: 'basic' | 'post'
  /** In place of a secret: the key that signs the client's assertions (`private_key_jwt`, RFC 7523), with its kid where it has one. */
  readonly privateKey?: CryptoKey | PrivateKey
  /** The introspection endpoint. Default: what the issuer's metadata names. https, or http where the issuer is on loopback. */
  readonly endpoint?: string
  /** Asks for answers as signed JWTs (RFC 9701), and takes no others. Default false. */
  readonly jwtAnswers?: boolean
  /** How long an answer is good for: at most 60, and never past the token's `exp`. 0: every request asks. Default 60. */
  readonly cacheFor?: number
  /** Real time that one question may take, with metadata and keys. Default 3. */
  readonly timeout?: number
  /** Sends the requests. Default: the global `fetch`. */
  readonly fetch?: typeof fetch
}

const optionNames: Readonly<Record<keyof IntrospectionOptions, true>> = {
  clientId: true,
  clientSecret: true,
  secretIn: true,
  privateKey: true,
  endpoint: true,
  jwtAnswers: true,
  cacheFor: true,
  timeout: true,
  fetch: true,
}

const longestCache = 60

/**
 * Makes what an issuer's entry in `createVerifier` takes as `introspection`: guards then also accept its tokens that are no
 * JWTs, for which the issuer is asked (RFC 7662). Only `active: true` counts, and then issuer, audience and times as for any
 * token. An issuer that cannot be asked, or whose answer makes no sense, is 503 `keys_unavailable` and signs nobody out.
 *
 * @throws ConfigError for an option that is missing, unknown, contradictory or unsafe
 */
export function createIntrospection(options: IntrospectionOptions): Introspection {
  refuseUnknownOptions('createIntrospection', options, optionNames)
  const { clientId, cacheFor = longestCache, timeout = 3, jwtAnswers = false, endpoint } = options
  if (typeof clientId !== 'string' || clientId === '') {
    throw new ConfigError('createIntrospection: clientId is missing. Register your API as a client of the issuer.')
  }
  if (typeof jwtAnswers !== 'boolean') throw new ConfigError('createIntrospection: jwtAnswers takes true or false.')
  requireNonNegative('createIntrospection: cacheFor', cacheFor)
  requireNonNegative('createIntrospection: timeout', timeout)
  if (cacheFor > longestCache) {
    throw new ConfigError('createIntrospection: cacheFor is at most 60, since a revoked token is good for that long.')
  }
  if (options.fetch !== undefined && typeof options.fetch !== 'function') {
    throw new ConfigError('createIntrospection: fetch takes a function.')
  }
  const clientAuth = clientAuthOf(options)
  // Looked up at each call, so that a fetch replaced by an instrumentation is the one that is used.
  const send = options.fetch ?? ((...input) => fetch(...input))
  return ({ issuer, audience, clock }) => {
    if ((endpoint === undefined || jwtAnswers) && !isSecure(issuer, issuer)) {
      throw new ConfigError(
        'introspection: issuer must be an https URL (http only on loopback), since its metadata is fetched from there.',
      )
    }
    if (endpoint !== undefined && !isSecure(endpoint, issuer)) {
      throw new ConfigError('introspection: endpoint must be an https URL (http only where the issuer is on loopback).')
    }
    const ask = createEndpoint({ issuer, endpoint, clientId, clientAuth, jwtAnswers, timeout, send })
    return rememberAnswers({ issuer, ask, cacheFor, clock, needsType: audience === null })
  }
}
