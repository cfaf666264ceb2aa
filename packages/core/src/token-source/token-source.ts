import { ConfigError } from '../config-error.js'
import { isCookieName } from './cookie.js'
import { isTokenFieldName } from './field.js'

/**
 * A place where a token may be. `'header'` is `Authorization`. `{ cookie }` is the cookie with that name. `{ header }` is another
 * header field, in which a proxy in front of the app puts the bare token (`cf-access-jwt-assertion`,
 * `x-goog-iap-jwt-assertion`, …).
 */
export type TokenSource = 'header' | { readonly cookie: string } | { readonly header: string }

/**
 * Checks the option `tokenFrom`.
 *
 * @returns the sources, with names of fields in lower case; default: `Authorization`
 * @throws ConfigError for an empty list, a source twice, or a name that no cookie or field can have
 */
export function readTokenFrom(sources: readonly TokenSource[] = ['header']): readonly TokenSource[] {
  if (!Array.isArray(sources) || sources.length === 0) {
    throw new ConfigError(
      "tokenFrom must be a list of at least one place, or no token can be found. The default is ['header'].",
    )
  }
  const read = Array.from(sources, readSource)
  if (new Set(read.map((source) => JSON.stringify(source))).size < read.length) {
    throw new ConfigError('tokenFrom names the same source twice. Name each once.')
  }
  return read
}

function readSource(source: unknown, index: number): TokenSource {
  if (source === 'header') return source
  const [[kind, name] = [], ...others] = Object.entries(source ?? {})
  if (others.length === 0) {
    if (kind === 'cookie' && isCookieName(name)) return { cookie: name }
    if (kind === 'header' && isTokenFieldName(name)) return { header: name.toLowerCase() }
  }
  throw new ConfigError(
    `tokenFrom[${index}] takes 'header', { cookie: name } with a name that a browser would keep (RFC 6265 §4.1.1), and { header: name } with the name of another field than Authorization and Cookie.`,
  )
}
