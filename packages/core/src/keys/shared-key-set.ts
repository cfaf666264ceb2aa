import { ConfigError, refuseUnknownOptions } from '../config-error.js'
import {
  type KeySetOptions,
  keySetOptionNames,
  requireFetch,
  requireKeySetOptions,
  requireKeyUrls,
} from './key-set-options.js'

/** Where shared keys are, and how they are fetched and kept. Durations are in seconds. */
export interface SharedKeySetOptions extends KeySetOptions {
  /** The URL of the JWK Set. The keys of several URLs are one set. https, or http on loopback. */
  readonly jwksUri: string | readonly string[]
  /** Fetches the set. Default: the verifier's `fetch`. */
  readonly fetch?: typeof fetch
}

/** A key set that several issuers share. Give it to each of them as `keys`. */
export interface SharedKeySet {
  /** The URLs of its keys. */
  readonly jwksUri: readonly string[]
}

/** Not a plain object, so that two lookups gave the same keys only if they gave the same key set. */
class SharedKeys implements SharedKeySet {
  readonly jwksUri: readonly string[]
  readonly #options: SharedKeySetOptions

  constructor(jwksUri: readonly string[], options: SharedKeySetOptions) {
    this.jwksUri = Object.freeze(jwksUri)
    this.#options = options
    Object.freeze(this)
  }

  static optionsOf(shared: SharedKeySet): SharedKeySetOptions | undefined {
    return typeof shared === 'object' && shared !== null && #options in shared ? shared.#options : undefined
  }
}

/**
 * Makes a key set for several issuers, e.g. for a provider that signs for all its tenants with the same keys. One fetch serves
 * all of them. Each verifier holds and fetches its own copy, with its own clock, events and defaults.
 *
 * @throws ConfigError if an option is missing, unknown or unsafe
 */
export function createKeySet(options: SharedKeySetOptions): SharedKeySet {
  refuseUnknownOptions('createKeySet', options, { jwksUri: true, fetch: true, ...keySetOptionNames })
  const { jwksUri: urls, fetch, ...keySet } = options
  const jwksUri = requireKeyUrls('jwksUri', urls, requireKeySetOptions(keySet))
  requireFetch(fetch)
  return new SharedKeys(jwksUri, { ...options, jwksUri })
}

/**
 * Gives the options that a shared key set was made with.
 *
 * @throws ConfigError if `createKeySet` did not make it
 */
export function openSharedKeySet(shared: SharedKeySet): SharedKeySetOptions {
  const options = SharedKeys.optionsOf(shared)
  if (options === undefined) throw new ConfigError('keys must be made with createKeySet.')
  return options
}
