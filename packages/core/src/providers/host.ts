import { ConfigError, isFilledText, requireOneOrMore } from '../config-error.js'
import { isHost } from '../keys/secure-url.js'

/**
 * Checks that an option is a host as in a URL, so that the URL made from it leads nowhere else.
 *
 * @param option its name, for the message
 * @throws ConfigError if it is not
 */
export function requireHost(option: string, host: unknown): string {
  if (isHost(host)) return host
  throw new ConfigError(`${option} takes a host as it stands in a URL, without https:// and slashes: "id.example".`)
}

/**
 * Checks that an option is an http or https URL, which a path is appended to.
 *
 * @param option its name, for the message
 * @returns it without a slash at its end
 * @throws ConfigError if it is not
 */
export function requireBase(option: string, url: unknown): string {
  if (typeof url === 'string' && /^https?:/.test(url) && URL.canParse(url)) return url.replace(/\/$/, '')
  throw new ConfigError(`${option} takes a URL: "https://id.example".`)
}

/**
 * Checks that an option is one word of a host or path: a project, a team, a tenant.
 *
 * @param option its name, for the message
 * @throws ConfigError if it is not
 */
export function requireWord(option: string, word: unknown): string {
  if (typeof word === 'string' && /^[\w-]+$/.test(word)) return word
  throw new ConfigError(`${option} takes a name of letters, digits, - and _, as the provider shows it.`)
}

/**
 * Checks that an option is a list of texts, one of which a claim must have. A single text stands for a list of one.
 *
 * @param option its name, for the message
 * @throws ConfigError if it is not
 */
export function requireValues(option: string, values: unknown): readonly string[] {
  return requireOneOrMore(option, values, isFilledText, 'is missing or empty. Give the values to accept.')
}
