import { AuthError, ConfigError } from '@latchkey/core'
import { isCookieName, type ResponseCookie, refuseUnknownOptions, serializeCookie } from '@latchkey/core/adapter'

/** One cookie. Always `HttpOnly`. What is weaker than the default is spelt out here, by name, or not at all. */
export interface CookieOptions {
  /**
   * Default `__Host-access` and `__Host-refresh`. The prefix makes a browser insist on Secure, `Path=/` and no Domain, so
   * that no other host can set or shadow the cookie. Any weaker choice below needs another name.
   */
  readonly name?: string
  /** Default `Lax` for the access cookie and `Strict` for the refresh cookie. */
  readonly sameSite?: 'Strict' | 'Lax' | 'None'
  /** False sends it over plain http as well; for development away from localhost alone. Default true. */
  readonly secure?: boolean
  /** Hosts that receive it beside the one that set it. Default: none. */
  readonly domain?: string
  /** Default `/`. */
  readonly path?: string
}

/** The two cookies of a session, each as its options say. */
export interface SessionCookieOptions {
  readonly access?: CookieOptions
  readonly refresh?: CookieOptions
}

/** A cookie as it is set and cleared. */
export interface Cookie {
  readonly name: string
  /**
   * The cookie with a value.
   *
   * @param maxAge seconds; rounded up, and down to 400 days, beyond which no browser keeps one (RFC 6265bis §5.5)
   * @throws AuthError `request_malformed` where it is over 4,096 bytes, which a browser would silently drop (RFC 6265 §6.1)
   */
  set(value: string, maxAge: number): ResponseCookie
  /** What removes it. */
  clear(): ResponseCookie
}

/** The two cookies of a session. */
export interface SessionCookies {
  readonly access: Cookie
  readonly refresh: Cookie
}

const maxBytes = 4096
/** What Express adds beside Max-Age; counted everywhere, so that what fits does so in every framework. */
const expiresLength = '; Expires=Thu, 01 Jan 1970 00:00:00 GMT'.length
const longestLife = 34_560_000
const attributeValue = /^[\x20-\x3a\x3c-\x7e]+$/

/**
 * Checks both cookies' options once. A link from another site brings the access cookie along, so that its page is shown as to who is
 * logged in; the refresh cookie goes with what the own pages send, and nothing else.
 *
 * @throws ConfigError for a cookie that a browser would drop, an unknown option, or one name for both
 */
export function createSessionCookies(options: SessionCookieOptions): SessionCookies {
  refuseUnknownOptions('cookies', options, { access: true, refresh: true })
  const access = createCookie('cookies.access', options.access ?? {}, { name: '__Host-access', sameSite: 'Lax' })
  const refresh = createCookie('cookies.refresh', options.refresh ?? {}, { name: '__Host-refresh', sameSite: 'Strict' })
  if (access.name === refresh.name) throw new ConfigError('cookies: the two cookies need different names.')
  return { access, refresh }
}

/** @param where the option's name, for the message */
function createCookie(
  where: string,
  options: CookieOptions,
  defaults: Required<Pick<CookieOptions, 'name' | 'sameSite'>>,
): Cookie {
  refuseUnknownOptions(where, options, { name: true, sameSite: true, secure: true, domain: true, path: true })
  const { name, sameSite, secure = true, domain, path = '/' } = { ...defaults, ...options }
  const wrong = faultOf({ name, sameSite, secure, domain, path })
  if (wrong !== undefined) throw new ConfigError(`${where}: ${wrong}`)

  const attributes = { name, path, domain, secure, sameSite }
  return {
    name,
    set: (value, maxAge) => {
      const cookie = { ...attributes, value, maxAge: Math.min(Math.ceil(maxAge), longestLife) }
      if (serializeCookie(cookie).length + expiresLength > maxBytes) {
        throw new AuthError('request_malformed', { reason: 'cookie_too_large' })
      }
      return cookie
    },
    clear: () => ({ ...attributes, value: '', maxAge: 0 }),
  }
}

/** Browsers compare the prefixes without regard to case (RFC 6265bis §5.4). */
function faultOf({
  name,
  sameSite,
  secure,
  domain,
  path,
}: { [Name in keyof CookieOptions]-?: unknown }): string | undefined {
  if (!isCookieName(name)) return 'name is not one that a browser would keep (RFC 6265 §4.1.1).'
  if (sameSite !== 'Strict' && sameSite !== 'Lax' && sameSite !== 'None')
    return "sameSite must be 'Strict', 'Lax' or 'None'."
  if (typeof path !== 'string' || !path.startsWith('/') || !attributeValue.test(path))
    return 'path must begin with "/".'
  if (domain !== undefined && !(typeof domain === 'string' && /^[a-z0-9.-]+$/i.test(domain)))
    return 'domain must be a host name.'
  if (/^__host-/i.test(name) && (!secure || domain !== undefined || path !== '/')) {
    return 'a browser drops a __Host- cookie that is not Secure, has a Domain, or another Path than "/". Choose another name to weaken it.'
  }
  if (/^__secure-/i.test(name) && !secure)
    return 'a browser drops a __Secure- cookie that is not Secure. Choose another name.'
  if (sameSite === 'None' && !secure) return 'a browser drops a SameSite=None cookie that is not Secure.'
  return undefined
}
