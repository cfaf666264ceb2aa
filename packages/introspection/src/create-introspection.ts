import { ConfigError } from '@latchkey/core'
import {
  type Introspection,
  isFilledText,
  platformFetch,
  refuseUnknownOptions,
  requireNonNegative,
} from '@latchkey/core/adapter'
import { isSecure } from './bounded-fetch.js'
import { clientAuthOf } from './client-auth.js'
import { createEndpoint } from './endpoint.js'
import type { IntrospectionOptions } from './introspection-options.js'
import { rememberAnswers } from './remembered-answers.js'

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
 * Makes the value of an issuer's option `introspection`. With it, guards also accept tokens of this issuer that are not JWTs:
 * they ask the issuer about them (RFC 7662). The answer must say `active: true`. Then issuer, audience and times are checked as
 * for any token. If the issuer cannot be asked, or if its answer makes no sense, the client gets 503 `keys_unavailable`, and
 * nobody is signed out.
 *
 * @throws ConfigError if an option is missing, unknown, contradictory or unsafe
 */
export function createIntrospection(options: IntrospectionOptions): Introspection {
  refuseUnknownOptions('createIntrospection', options, optionNames)
  const { clientId, cacheFor = longestCache, timeout = 3, jwtAnswers = false, endpoint } = options
  if (!isFilledText(clientId)) {
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
  const send = options.fetch ?? platformFetch
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
