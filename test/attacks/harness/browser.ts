/** A browser as far as these attacks need one: it keeps the cookies that it is sent, by name, and sends them all. */
export class Browser {
  readonly cookies = new Map<string, string>()
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  /** Asks, and keeps what the answer sets, field by field: the last of a name counts, an empty one is gone. */
  async ask(method: string, path: string): Promise<Response> {
    const cookie = [...this.cookies].map((pair) => pair.join('=')).join('; ')
    const response = await fetch(this.#url + path, { method, redirect: 'manual', headers: { cookie } })
    for (const field of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]*)=([^;]*)/.exec(field) ?? []
      if (value === '') this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return response
  }

  /** Its access cookie has run out. */
  loseAccess(): void {
    this.cookies.delete('__Host-access')
  }
}
