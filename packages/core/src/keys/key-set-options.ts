import { ConfigError, refuseUnknownOptions, requireNonNegative } from '../config-error.js'
import type { JwkSet } from './jwk.js'
import { isHost, isSecureUrl } from './secure-url.js'

/** How an issuer's keys are fetched and kept; durations in seconds. */
export interface KeySetOptions {
  /** Longest time for one fetch, body included. Default 3. */
  readonly timeout?: number
  /** Longest time a set counts as fresh; a shorter max-age of the response wins, down to 60. Default 600. */
  readonly freshFor?: number
  /** Longest time a set is served after its last successful fetch, while newer ones cannot be had. Default 14400. */
  readonly staleFor?: number
  /** Least time between two refetches for an unknown kid (two may follow at once). Default 5. */
  readonly cooldown?: number
  /**
   * When the first fetch is made: `lazy`, with the first token (default); `background`, when the verifier is made; `require`,
   * likewise, and `verifier.ready()` rejects where it fails.
   */
  readonly startup?: 'lazy' | 'background' | 'require'
  /**
   * Hosts whose keys and metadata may come over plain http, each as in a URL: `keycloak:8080`. Whoever can sit between can
   * then forge every token, so only where nobody can. Default: none; loopback needs no mention.
   */
  readonly plainHttp?: readonly string[]
  /** A set to start with, as it was when the app was deployed; counts as stale until the first fetch. */
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
 * Checks how keys are to be fetched; also where nothing is fetched, for an option is a mistake or it is not.
 *
 * @throws ConfigError that names the option
 */
export function requireKeySetOptions(options: KeySetOptions = {}): KeySetOptions {
  refuseUnknownOptions('keySet', options, keySetOptionNames)
  for (const name of ['timeout', 'freshFor', 'staleFor', 'cooldown'] as const) {
    requireNonNegative(`keySet.${name}`, options[name])
  }
  if (options.startup !== undefined && !['lazy', 'background', 'require'].includes(options.startup)) {
    throw new ConfigError("keySet.startup must be 'lazy', 'background' or 'require'.")
  }
  if (options.plainHttp !== undefined && !(Array.isArray(options.plainHttp) && options.plainHttp.every(isHost))) {
    throw new ConfigError('keySet.plainHttp takes a list of hosts as they stand in a URL, e.g. ["keycloak:8080"].')
  }
  return options
}

/**
 * Checks a configured URL that keys or metadata are to be fetched from.
 *
 * @param name the option that holds it
 * @throws ConfigError for one that is neither https nor allowed to be http, or that has user information
 */
export function requireKeyUrl(name: string, url: unknown, { plainHttp = [] }: KeySetOptions): string {
  if (isSecureUrl(url, { onLoopback: true, hosts: plainHttp })) return url
  throw new ConfigError(
    `${name} must be an https URL without user information, since keys are fetched from there. Plain http is for loopback ` +
      'and for hosts named in keySet.plainHttp. Give jwks, publicKeys or secret for an issuer whose keys are not fetched.',
  )
}

/**
 * Checks one URL or a list of them.
 *
 * @throws ConfigError for a URL that is not good, or an empty list
 */
export function requireKeyUrls(name: string, urls: unknown, options: KeySetOptions): readonly string[] {
  if (!Array.isArray(urls)) return [requireKeyUrl(name, urls, options)]
  if (urls.length === 0) throw new ConfigError(`${name} is an empty list. Give at least one URL.`)
  return urls.map((url: unknown, index) => requireKeyUrl(`${name}[${index}]`, url, options))
}
