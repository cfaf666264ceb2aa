/** The parts of a URI reference (RFC 3986, appendix B). */
const parts = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?[^#]*)?(?:#.*)?$/
const hostAndPort = /^(\[[^[\]@]*\]|[^:@[\]]+)(?::([0-9]*))?$/
const defaultPorts: Readonly<Record<string, string>> = { http: '80', https: '443' }

/**
 * Normalises an http URI for comparison, without its query and fragment (RFC 9449 §4.3 point 9): by syntax (RFC 3986 §6.2.2:
 * letter case of scheme, host and percent-encodings, unreserved characters decoded, dot segments) and by scheme (§6.2.3: default
 * or empty port, empty path), and by nothing else. What a browser's URL parser would mend besides makes two URIs of one.
 *
 * @returns undefined where it is no absolute http or https URI, or has user information
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
 * The target URI of a request as a proof has to name it: an upgrade to a WebSocket is a request to the http URI, and a configured
 * origin stands in place of what the framework takes for scheme and host.
 *
 * @param url the request's target URI, or a bare path where it has no Host
 * @param publicOrigin a serialized origin; undefined: the request's own
 */
export function targetUriOf(url: string, publicOrigin: string | undefined): string {
  if (publicOrigin === undefined) return url.replace(/^ws(?=s?:)/i, 'http')
  return `${publicOrigin}${parts.exec(url)?.[3] ?? ''}`
}

/** Percent-encodings in upper case, but for those of unreserved characters, which are decoded (RFC 3986 §6.2.2.1, §6.2.2.2). */
function normalizePercent(text: string): string {
  if (!text.includes('%')) return text
  return text.replace(/%[0-9a-f]{2}/gi, (encoded) => {
    const char = String.fromCharCode(Number.parseInt(encoded.slice(1), 16))
    return /[A-Za-z0-9._~-]/.test(char) ? char : encoded.toUpperCase()
  })
}

/** In lower case, but for percent-encodings. */
function lowerHost(host: string): string {
  return host.replace(/%[0-9A-F]{2}|[A-Z]+/g, (found) => (found.startsWith('%') ? found : found.toLowerCase()))
}

/** RFC 3986 §5.2.4, for a path that is empty or begins with a slash. */
function removeDotSegments(path: string): string {
  if (!path.includes('/.')) return path
  const segments = path.split('/')
  const kept: string[] = []
  segments.forEach((segment, index) => {
    const last = index === segments.length - 1
    if (segment !== '.' && segment !== '..') kept.push(segment)
    // The first is the empty one before the leading slash, and stays.
    if (segment === '..' && kept.length > 1) kept.pop()
    // A dot segment at the end leaves its slash.
    if (last && (segment === '.' || segment === '..')) kept.push('')
  })
  return kept.join('/')
}
