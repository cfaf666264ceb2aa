/** The parts of a URI reference (RFC 3986, appendix B). */
const parts = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?[^#]*)?(?:#.*)?$/
const hostAndPort = /^(\[[^[\]@]*\]|[^:@[\]]+)(?::([0-9]*))?$/
const defaultPorts: Readonly<Record<string, string>> = { http: '80', https: '443' }

/**
 * Normalises an http URI for comparison, without its query and fragment (RFC 9449 §4.3 point 9). It normalises by syntax
 * (RFC 3986 §6.2.2: letter case of scheme, host and percent-encodings, decoding of unreserved characters, dot segments) and by
 * scheme (§6.2.3: default or empty port, empty path). It does nothing else: what a browser's URL parser would also correct
 * stays a difference.
 *
 * @returns undefined if it is not an absolute http or https URI, or if it has user information
 */
export function normalizeTargetUri(uri: string): string | undefined {
  if (!/^[\x21-\x7e]+$/.test(uri)) return undefined
  const [, scheme = '', authority = '', path = ''] = parts.exec(uri) ?? []
  const lowerScheme = scheme.toLowerCase()
  const [, host, port = ''] = hostAndPort.exec(authority) ?? []
  if (!Object.hasOwn(defaultPorts, lowerScheme) || host === undefined) return undefined
  const shownPort = port === '' || port === defaultPorts[lowerScheme] ? '' : `:${port}`
  const normalPath = removeDotSegments(normalizePercent(path))
  return `${lowerScheme}://${lowerHost(normalizePercent(host))}${shownPort}${normalPath === '' ? '/' : normalPath}`
}

/**
 * Gives the target URI that a proof must name. For an upgrade to a WebSocket it is the http URI. A configured origin replaces the
 * scheme and host that the framework gives.
 *
 * @param url the request's target URI, or a bare path if it has no Host
 * @param publicOrigin a serialized origin; undefined: that of the request
 */
export function targetUriOf(url: string, publicOrigin: string | undefined): string {
  if (publicOrigin === undefined) return url.replace(/^ws(?=s?:)/i, 'http')
  return `${publicOrigin}${parts.exec(url)?.[3] ?? ''}`
}

/** Writes percent-encodings in upper case, and decodes those of unreserved characters (RFC 3986 §6.2.2.1, §6.2.2.2). */
function normalizePercent(text: string): string {
  if (!text.includes('%')) return text
  return text.replace(/%[0-9a-f]{2}/gi, (encoded) => {
    const char = String.fromCharCode(Number.parseInt(encoded.slice(1), 16))
    return /[A-Za-z0-9._~-]/.test(char) ? char : encoded.toUpperCase()
  })
}

/** Writes a host in lower case, except its percent-encodings. */
function lowerHost(host: string): string {
  return host.replace(/%[0-9A-F]{2}|[A-Z]+/g, (found) => (found.startsWith('%') ? found : found.toLowerCase()))
}

/** Removes dot segments (RFC 3986 §5.2.4) from a path that is empty or begins with a slash. */
function removeDotSegments(path: string): string {
  if (!path.includes('/.')) return path
  const segments = path.split('/')
  const kept: string[] = []
  segments.forEach((segment, index) => {
    const last = index === segments.length - 1
    if (segment !== '.' && segment !== '..') kept.push(segment)
    // The first segment is the empty one before the leading slash. It stays.
    if (segment === '..' && kept.length > 1) kept.pop()
    // A dot segment at the end leaves a slash behind.
    if (last && (segment === '.' || segment === '..')) kept.push('')
  })
  return kept.join('/')
}
