import { ConfigError, refuseUnknownOptions } from '../config-error.js'
import { type KeySetOptions, keySetOptionNames, requireKeySetOptions, requireKeyUrls } from './key-set-options.js'

/** Where shared keys are, and how they are fetched and kept; durations in seconds. */
export interface SharedKeySetOptions extends KeySetOptions {
  /** Where the JWK Set is; several are one set. https, or http on loopback. */
  readonly jwksUri: string | readonly string[]
  /** Fetches it. Default: the verifier's. */
  readonly fetch?: typeof fetch
}

/** A key set that several issuers share: give it to each as `keys`. */
export interface SharedKeySet {
  /** Where its keys are. */
  readonly jwksUri: readonly string[]
}

const known = new WeakMap<SharedKeySet, SharedKeySetOptions>()

/**
 * Makes a key set for several issuers: one fetch serves all of them, as where a provider signs for all of its tenants with
 * the same keys. Each verifier keeps its own, with its clock, its events and its defaults.
 *
 * @throws ConfigError for an option that is missing, unknown or unsafe
 */
export function createKeySet(options: SharedKeySetOptions): SharedKeySet {
  refuseUnknownOptions('createKeySet', options, { jwksUri: true, fetch: true, ...keySetOptionNames })
  const { jwksUri: urls, fetch, ...keySet } = options
  const jwksUri = requireKeyUrls('jwksUri', urls, requireKeySetOptions(keySet))
  if (fetch !== undefined && typeof fetch !== 'function') {
    throw new ConfigError('fetch must be a function like the global fetch.')
  }
  const shared: SharedKeySet = Object.freeze({ jwksUri: Object.freeze(jwksUri) })
  known.set(shared, { ...options, jwksUri })
  return shared
}

/** What a shared key set was made with. */
export function openSharedKeySet(shared: SharedKeySet): SharedKeySetOptions {
  const options = known.get(shared)
  if (options === undefined) throw new ConfigError('keys takes what createKeySet gives, and nothing else.')
  return options
}
