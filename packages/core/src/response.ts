/** A cookie with every attribute said, so that no framework's defaults fill in for one. Always `HttpOnly`. */
export interface ResponseCookie {
  readonly name: string
  readonly value: string
  /** Seconds; 0 removes it. */
  readonly maxAge: number
  readonly path: string
  /** Undefined: only the host that set it. */
  readonly domain: string | undefined
  readonly secure: boolean
  readonly sameSite: 'Strict' | 'Lax' | 'None'
}

/** What goes on the response beside a decision, whether the request is let pass or refused. */
export interface ResponseExtras {
  /** Header fields to set, names lower-case. Default: none. */
  readonly headers?: Readonly<Record<string, string>>
  /**
   * Cookies that carry fresh tokens. What the handler sets or clears under the same name, domain and path wins over them; with
   * them the response is `no-store`, whatever else is said about caching. Default: none.
   */
  readonly cookies?: readonly ResponseCookie[]
}
