import { AuthError, ConfigError } from '@latchkey/core'
import { isCookieName, type ResponseCookie, refuseUnknownOptions, serializeCookie } from '@latchkey/core/adapter'

/** The attributes of one cookie (RFC 6265 §4.1.2). It is always `HttpOnly`. The defaults are the strongest choice. */
export interface CookieOptions {
  /**
   * The cookie's name. With the prefix `__Host-`, a browser requires Secure, `Path=/` and no Domain, so that no other host can
   * set or replace the cookie. A weaker choice below needs a name without the prefix. Default `__Host-access` and
   * `__Host-refresh`.
   */
  readonly name?: string
  /** Which requests of other sites carry the cookie. Default `Lax` for the access cookie, `Strict` for the refresh cookie. */
  readonly sameSite?: 'Strict' | 'Lax' | 'None'
  /** False also sends it over plain http: only for development on another host than localhost. Default true. */
  readonly secure?: boolean
  /** A domain to whose hosts the browser sends it too. Default: only to the host that set it. */
  readonly domain?: string
  /** The path below which the browser sends it. Default `/`. */
  readonly path?: string
}

/** Options of the two cookies of a session. */
export interface SessionCookieOptions {
  /** The cookie with the access token. Default: the defaults of `CookieOptions`. */
  readonly access?: CookieOptions
  /** The cookie with the refresh token. Default: the defaults of `CookieOptions`. */
  readonly refresh?: CookieOptions
}

/** Makes one cookie, to set it or to remove it. */
export interface Cookie {
  readonly name: string
  /**
   * Gives the cookie with a value.
   *
   * @param maxAge seconds; rounded up, and limited to 400 days, because browsers keep no cookie longer (RFC 6265bis §5.5)
   * @throws AuthError `request_malformed` if the cookie has more than 4,096 bytes: a browser would silently drop it (RFC 6265
   * §6.1)
   */
  set(value: string, maxAge: number): ResponseCookie
  /** Gives the cookie that removes it. */
  clear(): ResponseCookie
}

/** The two cookies of a session. */
export interface SessionCookies {
  readonly access: Cookie
  readonly refresh: Cookie
}

const maxBytes = 4096
/** Express adds this beside Max-Age. It is counted in every framework, so that a cookie fits in all or in none. */
const expiresLength = '; Expires=Thu, 01 Jan 1970 00:00:00 GMT'.length
const longestLife = 34_560_000
const attributeValue = /^[\x20-\x3a\x3c-\x7e]+$/

/**
 * Checks the options of both cookies once. With the defaults, the access cookie also comes with a link from another site, so
 * that the page shows the logged-in user. The refresh cookie comes only with requests of the app's own pages.
 *
 * @throws ConfigError for a cookie that a browser would drop, for an unknown option, or if both have the same name
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

/**
 * Says what is wrong with a cookie's options; undefined if nothing is. Browsers ignore the letter case of prefixes (RFC 6265bis
 * §5.4).
 */
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
