import { ConfigError, refuseUnknownOptions, requireList, requireNonNegative } from '../config-error.js'
import type { JwkSet } from './jwk.js'
import { isHost, isSecureUrl } from './secure-url.js'
import { usableKeys } from './usable-keys.js'
import type { VerificationKey } from './verification-key.js'

/** How an issuer's keys are fetched and kept. Durations are in seconds. */
export interface KeySetOptions {
  /** The longest time for one fetch, with all its requests and bodies, in seconds of real time. Default 3. */
  readonly timeout?: number
  /**
   * The longest time for which a set counts as fresh, in seconds. A shorter max-age of the response wins, but not below 60
   * (RFC 9111 §4.2). Default 600.
   */
  readonly freshFor?: number
  /**
   * The longest time for which a set is used after its last successful fetch while newer ones cannot be fetched, in seconds.
   * After that, tokens get `keys_unavailable` (503). Default 14400, which is 4 hours.
   */
  readonly staleFor?: number
  /**
   * How often a token with an unknown kid may cause a refetch: once in this many seconds, and at most twice in a row. 0: no
   * limit. Default 5.
   */
  readonly cooldown?: number
  /**
   * When the first fetch is made. `'lazy'`: with the first token. `'background'`: when the verifier is made. `'require'`: the
   * same as `'background'`; use it if the app waits for `verifier.ready()`, which rejects if the fetch fails. Default `'lazy'`.
   */
  readonly startup?: 'lazy' | 'background' | 'require'
  /**
   * The hosts whose keys and metadata may come over plain http, each as in a URL: `keycloak:8080`. Whoever can change the
   * traffic can then forge every token, so use it only in a network that you trust. Default: none; loopback is always allowed
   * for a configured URL.
   */
  readonly plainHttp?: readonly string[]
  /**
   * A key set to start with, as it was when the app was deployed. It counts as stale until the first fetch, and is used for
   * `staleFor` seconds at most. Default: none.
   */
  readonly seed?: JwkSet
}

/** The names of `KeySetOptions`. */
export const keySetOptionNames: Readonly<Record<keyof KeySetOptions, true>> = {
  timeout: true,
  freshFor: true,
  staleFor: true,
  cooldown: true,
  startup: true,
  plainHttp: true,
  seed: true,
}

/**
 * Checks how keys are fetched. It also runs for issuers whose keys are not fetched, because a wrong option is always a mistake.
 *
 * @throws ConfigError that names the wrong option
 */
export function requireKeySetOptions(options: KeySetOptions = {}): KeySetOptions {
  refuseUnknownOptions('keySet', options, keySetOptionNames)
  for (const name of ['timeout', 'freshFor', 'staleFor', 'cooldown'] as const) {
    requireNonNegative(`keySet.${name}`, options[name])
  }
  if (options.startup !== undefined && !['lazy', 'background', 'require'].includes(options.startup)) {
    throw new ConfigError("keySet.startup must be 'lazy', 'background' or 'require'.")
  }
  const { plainHttp = [], seed } = options
  requireList('keySet.plainHttp', plainHttp, isHost, 'takes hosts as they stand in a URL, e.g. ["keycloak:8080"].', 0)
  if (seed !== undefined) seedKeys(seed)
  return options
}

/**
 * Gives the keys of a seed.
 *
 * @throws ConfigError if it has no keys, too many, or one that a JWK Set must not publish
 */
export function seedKeys(seed: JwkSet): readonly VerificationKey[] {
  const keys = usableKeys(seed?.keys)
  if (typeof keys !== 'string') return keys
  throw new ConfigError(
    `seed is not a usable key set (${keys}). Give a JWK Set of at most 50 keys, all public (RFC 7517 §5).`,
  )
}

/**
 * Checks a configured URL from which keys or metadata are fetched.
 *
 * @param name the option that holds it
 * @throws ConfigError if the URL is neither https nor allowed to be http, or if it has user information (RFC 9110 §4.2.4)
 */
export function requireKeyUrl(name: string, url: unknown, { plainHttp = [] }: KeySetOptions): string {
  if (isSecureUrl(url, { onLoopback: true, hosts: plainHttp })) return url
  throw new ConfigError(
    `${name} must be an https URL without user information, since keys are fetched from there. Plain http is for loopback ` +
      'and for hosts named in keySet.plainHttp. Give jwks, publicKeys or secret for an issuer whose keys are not fetched.',
  )
}

/**
 * Checks one such URL or a list of them.
 *
 * @throws ConfigError for an empty list, or for a URL that `requireKeyUrl` refuses
 */
export function requireKeyUrls(name: string, urls: unknown, options: KeySetOptions): readonly string[] {
  if (!Array.isArray(urls)) return [requireKeyUrl(name, urls, options)]
  if (urls.length === 0) throw new ConfigError(`${name} is an empty list. Give at least one URL.`)
  return Array.from(urls, (url: unknown, index) => requireKeyUrl(`${name}[${index}]`, url, options))
}

/** @throws ConfigError for a `fetch` that is not a function */
export function requireFetch(fetch: unknown): void {
  if (fetch === undefined || typeof fetch === 'function') return
  throw new ConfigError('fetch must be a function like the global fetch.')
}
