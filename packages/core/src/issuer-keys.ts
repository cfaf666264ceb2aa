import { platformFetch } from '#fetch'
import type { Clock } from './clock.js'
import { ConfigError } from './config-error.js'
import type { CoreEvent, Emit } from './events.js'
import type { IssuerOptions } from './issuer-options.js'
import type { Algorithm } from './keys/algorithms.js'
import { requireUsableKeys, SecretKeySet } from './keys/configured-keys.js'
import { withoutQuery } from './keys/fetch-failure.js'
import type { ForgottenKeys } from './keys/forgotten-keys.js'
import { getWithFetch } from './keys/get-with-fetch.js'
import type { KeySet } from './keys/key-set.js'
import {
  type KeySetOptions,
  requireFetch,
  requireKeySetOptions,
  requireKeyUrl,
  requireKeyUrls,
} from './keys/key-set-options.js'
import type { KeyPlace } from './keys/key-source.js'
import { isLive, LocalKeySet } from './keys/local-key-set.js'
import { jwksFromPem, placeOfPem } from './keys/public-keys.js'
import { createRemoteKeySet } from './keys/remote-key-set.js'
import { openSharedKeySet, type SharedKeySet } from './keys/shared-key-set.js'

/** What the key sets of one verifier share. */
export interface KeyContext {
  readonly keySet: KeySetOptions
  readonly clock: Clock
  /** The verifier's option `fetch`; undefined: the platform's own way to fetch. */
  readonly fetch: typeof fetch | undefined
  readonly random: () => number
  readonly emit: Emit<CoreEvent>
  /** The shared key sets that this verifier has opened. */
  readonly shared: WeakMap<SharedKeySet, KeySet>
  /** Gives the keys of an issuer that must not be trusted. */
  readonly forgottenOf: (issuer: string) => ForgottenKeys
}

/** The options that say where keys come from. At most one is given; without one, the metadata document says it. */
const sources = ['jwksUri', 'metadataUri', 'keys', 'jwks', 'publicKeys', 'secret'] as const

/**
 * Makes an issuer's key set.
 *
 * @param algorithms the issuer's allow-list
 * @param secrets its HMAC secrets; undefined if it has none
 * @throws ConfigError if options exclude each other, or if a key or a URL is refused
 */
export function createIssuerKeys(
  options: IssuerOptions,
  algorithms: readonly Algorithm[],
  secrets: readonly Uint8Array[] | undefined,
  context: KeyContext,
): KeySet {
  const { issuer, jwks, publicKeys, keys } = options
  const fetching = requireKeySetOptions({ ...context.keySet, ...requireKeySetOptions(options.keySet) })
  requireOneSource(options)
  requireFetch(options.fetch)
  if (secrets !== undefined) return new SecretKeySet(issuer, secrets)
  const forgotten = context.forgottenOf(issuer)
  if (jwks !== undefined) {
    if (!isLive(jwks)) requireUsableKeys(jwks, algorithms, (index) => `jwks.keys[${index}]`)
    return new LocalKeySet(issuer, jwks, false, forgotten)
  }
  if (publicKeys !== undefined) {
    const set = jwksFromPem(publicKeys)
    const ignoreKid = set.keys.every((key) => key['kid'] === undefined)
    requireUsableKeys(set, algorithms, (index) => placeOfPem(publicKeys, index))
    return new LocalKeySet(issuer, set, ignoreKid, forgotten)
  }
  if (keys !== undefined) {
    if (options.keySet !== undefined || options.fetch !== undefined) {
      throw new ConfigError('keySet and fetch stand beside keys. Give them to createKeySet, which fetches.')
    }
    return sharedKeySet(keys, context)
  }
  return remoteKeySet(issuer, placeOf(options, fetching), fetching, options.fetch, context, forgotten)
}

function placeOf({ issuer, jwksUri, metadataUri }: IssuerOptions, fetching: KeySetOptions): KeyPlace {
  if (jwksUri !== undefined) return requireKeyUrls('jwksUri', jwksUri, fetching)
  const { plainHttp = [] } = fetching
  if (metadataUri === undefined) requireKeyUrl('issuer', issuer, fetching)
  else requireKeyUrl('metadataUri', metadataUri, fetching)
  return { issuer, metadataUri, plainHttp }
}

function sharedKeySet(keys: SharedKeySet, context: KeyContext): KeySet {
  const known = context.shared.get(keys)
  if (known !== undefined) return known
  const { jwksUri, fetch, ...own } = openSharedKeySet(keys)
  const fetching = { ...context.keySet, ...own }
  const place = requireKeyUrls('jwksUri', jwksUri, fetching)
  const name = withoutQuery(place[0] ?? '')
  const opened = remoteKeySet(name, place, fetching, fetch, context, context.forgottenOf(name))
  context.shared.set(keys, opened)
  return opened
}

function remoteKeySet(
  name: string,
  place: KeyPlace,
  fetching: KeySetOptions,
  ownFetch: typeof fetch | undefined,
  { clock, fetch: commonFetch, random, emit }: KeyContext,
  forgotten: ForgottenKeys,
): KeySet {
  const get = getWithFetch(ownFetch ?? commonFetch ?? platformFetch)
  return createRemoteKeySet({ issuer: name, place, ...fetching, clock, get, random, emit, forgotten })
}

function requireOneSource(options: IssuerOptions): void {
  const [first, second] = sources.filter((name) => options[name] !== undefined)
  if (second === undefined) return
  throw new ConfigError(
    `${first} and ${second} exclude each other: an issuer's keys come from one place. Give one of ${sources.join(', ')}, ` +
      'or none to use the metadata document.',
  )
}
