/** What a browser does for log-ins, without a page: follows redirects and keeps cookies, by host. */
export class Browser {
  readonly #jar = new Map<string, Map<string, string>>()

  /** The cookies for a URL's host, as a `Cookie` field; ports share them, as in any browser. */
  cookies(url: string): Map<string, string> {
    const { hostname } = new URL(url)
    const kept = this.#jar.get(hostname) ?? new Map<string, string>()
    this.#jar.set(hostname, kept)
    return kept
  }

  /** One request, with the cookies of its host; redirects are not followed. */
  async send(url: string, init: RequestInit = {}): Promise<Response> {
    const cookies = this.cookies(url)
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { ...init.headers, cookie } })
    for (const field of response.headers.getSetCookie()) {
      const { name = '', value = '' } = /^(?<name>[^=;]+)=(?<value>[^;]*)/.exec(field)?.groups ?? {}
      if (value === '' || /max-age=0(?:;|$)/i.test(field)) cookies.delete(name)
      else cookies.set(name, value)
    }
    return response
  }

  /**
   * Follows redirects and answers the provider's forms.
   *
   * @param until stops before this address is asked for, and gives it
   */
  async follow(
    url: string,
    fillIn: Readonly<Record<string, string>>,
    until?: string,
  ): Promise<{ at: string; response?: Response }> {
    let at = url
    let init: RequestInit = {}
    for (let step = 0; step < 20; step++) {
      if (until !== undefined && at.startsWith(until)) return { at }
      const response = await this.send(at, init)
      init = {}
      const location = response.headers.get('location')
      if (location !== null) {
        at = new URL(location, at).href
        continue
      }
      const form = response.headers.get('content-type')?.includes('text/html')
        ? formOf(await response.text(), at, fillIn)
        : undefined
      if (form === undefined) return { at, response }
      at = form.action
      init = { method: 'POST', body: form.fields }
    }
    throw new Error('The provider keeps asking.')
  }
}

/** The form of a page with what a person fills in; undefined where there is none to answer. */
function formOf(
  page: string,
  at: string,
  fillIn: Readonly<Record<string, string>>,
): { action: string; fields: URLSearchParams } | undefined {
  if (!page.includes('<form')) return undefined
  const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1] ?? at
  const fields = new URLSearchParams()
  for (const [input] of page.matchAll(/<(?:input|button)[^>]*>/g)) {
    const name = /name="(\w+)"/.exec(input)?.[1]
    if (name === undefined) continue
    const value = /value="([^"]*)"/.exec(input)?.[1] ?? fillIn[name]
    if (value !== undefined) fields.set(name, value)
  }
  return { action: new URL(action, at).href, fields }
}
