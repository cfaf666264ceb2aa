import { ConfigError } from '../config-error.js'

/** Which other origins are trusted: a list, or a function that is asked for the `Origin` and must answer `true`. */
export type TrustedOriginsOption = readonly string[] | ((origin: string) => boolean)

/** Tells trusted origins from others. */
export type TrustedOrigins = Pick<ReadonlySet<string>, 'has'>

/**
 * Checks `trustedOrigins`.
 *
 * @throws ConfigError for what is neither a function nor a list of serialized origins
 */
export function readTrustedOrigins(option: TrustedOriginsOption = []): TrustedOrigins {
  if (typeof option === 'function') return { has: (origin) => option(origin) === true }
  if (!Array.isArray(option) || !option.every(isSerializedOrigin)) {
    throw new ConfigError(
      'trustedOrigins takes origins exactly as a browser sends them, e.g. "https://app.example" or "capacitor://localhost": no path, no trailing slash, no default port, lower case. Or a function that is given the origin and answers true.',
    )
  }
  return new Set(option)
}

/**
 * Whether a text is exactly what a browser would send as `Origin` (RFC 6454 §6.2), of any scheme: no path, no default port, no
 * upper case where the scheme has none, no wildcard.
 */
export function isSerializedOrigin(origin: unknown): origin is string {
  if (typeof origin !== 'string' || origin.includes('*') || !URL.canParse(origin)) return false
  const { protocol, host } = new URL(origin)
  return host !== '' && `${protocol}//${host}` === origin
}
