import { requireList } from '../config-error.js'

/**
 * Which other origins are trusted: a list of serialized origins (`https://app.example`), or a function that gets the value of
 * `Origin` and must answer `true`. A promise is not `true`.
 */
export type TrustedOriginsOption = readonly string[] | ((origin: string) => boolean)

/** Says whether an origin is trusted. */
export type TrustedOrigins = Pick<ReadonlySet<string>, 'has'>

/**
 * Checks the option `trustedOrigins`.
 *
 * @throws ConfigError if it is neither a function nor a list of serialized origins
 */
export function readTrustedOrigins(option: TrustedOriginsOption = []): TrustedOrigins {
  if (typeof option === 'function') return { has: (origin) => option(origin) === true }
  return new Set(requireList('trustedOrigins', option, isSerializedOrigin, form, 0))
}

const form =
  'takes origins exactly as a browser sends them, e.g. "https://app.example" or "capacitor://localhost": no path, no trailing slash, no default port, lower case. Or a function that is given the origin and answers true.'

/**
 * Whether a text is exactly what a browser would send as `Origin` (RFC 6454 §6.2), with any scheme: no path, no default port, no
 * wildcard, and lower case as the browser writes it.
 */
export function isSerializedOrigin(origin: unknown): origin is string {
  if (typeof origin !== 'string' || origin.includes('*') || !URL.canParse(origin)) return false
  const { protocol, host } = new URL(origin)
  return host !== '' && `${protocol}//${host}` === origin
}
