/** Where http is accepted in place of https. */
export interface PlainHttp {
  /** Whether http is accepted on loopback, where nobody can change the traffic. */
  readonly onLoopback: boolean
  /** The hosts that the app has named, each as in a URL: `keycloak:8080`. */
  readonly hosts: readonly string[]
}

/** Whether a URL is https, or http where that is allowed, and has no user information (RFC 9110 §4.2.4). */
export function isSecureUrl(url: unknown, plainHttp: PlainHttp): url is string {
  if (typeof url !== 'string' || !URL.canParse(url)) return false
  const { protocol, username, password, hostname, host } = new URL(url)
  if (username !== '' || password !== '') return false
  if (protocol !== 'http:') return protocol === 'https:'
  return (plainHttp.onLoopback && isLoopbackHost(hostname)) || plainHttp.hosts.includes(host)
}

/** Whether a URL's host is this machine: `localhost` or a loopback address. */
export function isOnLoopback(url: string): boolean {
  return URL.canParse(url) && isLoopbackHost(new URL(url).hostname)
}

/** Whether a text is a host as in a URL, with its port if that is not 80. */
export function isHost(text: unknown): text is string {
  return typeof text === 'string' && URL.canParse(`http://${text}/`) && new URL(`http://${text}/`).host === text
}

/**
 * Whether a host is on loopback (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). Names below `localhost` are not: resolvers may ask DNS
 * for them.
 */
function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
}
