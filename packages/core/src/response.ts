/**
 * A cookie to set (RFC 6265 §4.1). Every attribute has a value, so that no default of a framework is used. It is always
 * `HttpOnly`.
 */
export interface ResponseCookie {
  readonly name: string
  readonly value: string
  /** In seconds; 0 removes the cookie. */
  readonly maxAge: number
  readonly path: string
  /** Undefined: the browser sends it only to the host that set it. */
  readonly domain: string | undefined
  readonly secure: boolean
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
