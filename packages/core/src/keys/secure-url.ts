/** Where http may stand in for https; https is good anywhere. */
export interface PlainHttp {
  /** Whether loopback is trusted: nobody can sit in between there. */
  readonly onLoopback: boolean
  /** Hosts that the app has named, each as in a URL: `keycloak:8080`. */
  readonly hosts: readonly string[]
}

/** Whether a URL is trusted to lead where it says: https, or http as allowed; never with user information (RFC 9110 §4.2.4). */
export function isSecureUrl(url: unknown, plainHttp: PlainHttp): url is string {
  if (typeof url !== 'string' || !URL.canParse(url)) return false
  const { protocol, username, password, hostname, host } = new URL(url)
  if (username !== '' || password !== '') return false
  if (protocol !== 'http:') return protocol === 'https:'
  return (plainHttp.onLoopback && isLoopbackHost(hostname)) || plainHttp.hosts.includes(host)
}

/** Whether a URL's host is this machine, by address or as `localhost`. */
export function isOnLoopback(url: string): boolean {
  return URL.canParse(url) && isLoopbackHost(new URL(url).hostname)
}

/** Whether a text is a host as a URL has it, with its port where that is not 80. */
export function isHost(text: unknown): text is string {
  return typeof text === 'string' && URL.canParse(`http://${text}/`) && new URL(`http://${text}/`).host === text
}

/** RFC 1122 §3.2.1.3 and RFC 4291 §2.5.3. Of names `localhost` alone: resolvers ask DNS for those below it. */
function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
}
