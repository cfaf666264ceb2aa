/**
 * A cookie to set (RFC 6265 §4.1). Every attribute has a value, so that no default of a framework is used. It is always
 * `HttpOnly`.
 */
export interface ResponseCookie {
  /** A token (RFC 9110 §5.6.2). */
  readonly name: string
  /** The value as it is sent; it is not encoded. */
  readonly value: string
  /** In seconds; 0 removes the cookie. */
  readonly maxAge: number
  /** The browser sends the cookie to this path and to those below it. */
  readonly path: string
  /** Undefined: the browser sends it only to the host that set it. */
  readonly domain: string | undefined
  /** Whether the browser sends it over https only. */
  readonly secure: boolean
  /** Whether the browser sends it with requests that come from other sites. */
  readonly sameSite: 'Strict' | 'Lax' | 'None'
}

/** What a decision adds to the response, whether the request passes or is refused. */
export interface ResponseExtras {
  /** The header fields to set, with names in lower case. Default: none. */
  readonly headers?: Readonly<Record<string, string>>
  /**
   * The cookies with new tokens. If the handler sets or clears a cookie with the same name, domain and path, the handler wins.
   * A response with such cookies is always `no-store`. Default: none.
   */
  readonly cookies?: readonly ResponseCookie[]
}
