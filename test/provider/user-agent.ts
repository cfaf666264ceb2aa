/** Answers a form: what a person fills in, by the name of its one field. */
export type FillIn = Readonly<Record<string, string>>

/**
 * Follows an authorization request through the provider's redirects and forms, as a browser would: with a cookie jar.
 *
 * @param start the authorization request (RFC 6749 §4.1.1)
 * @param redirectUri where to stop: the client's own address
 * @param fillIn what the person answers, by field
 * @returns the address that the provider sent the user back to, with the code
 */
export async function authorize(start: URL, redirectUri: string, fillIn: FillIn): Promise<URL> {
  const cookies = new Map<string, string>()
  let at = start
  let form: URLSearchParams | undefined
  for (let step = 0; step < 12; step += 1) {
    const response = await fetch(at, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form !== undefined && { method: 'POST', body: form }),
    })
    keepCookies(response, cookies)
    const page = await response.text()
    const location = response.headers.get('location')
    if (location === null) {
      form = answer(page, fillIn)
      continue
    }
    form = undefined
    at = new URL(location, at)
    if (at.href.startsWith(redirectUri)) return at
  }
  throw new Error('The provider keeps asking.')
}

function keepCookies(response: Response, cookies: Map<string, string>): void {
  for (const field of response.headers.getSetCookie()) {
    const { name = '', value = '' } = /^(?<name>[^=;]+)=(?<value>[^;]*)/.exec(field)?.groups ?? {}
    if (value === '') cookies.delete(name)
    else cookies.set(name, value)
  }
}

function answer(page: string, fillIn: FillIn): URLSearchParams {
  const field = /<input name="(\w+)">/.exec(page)?.[1]
  const value = field === undefined ? undefined : fillIn[field]
  if (field === undefined || value === undefined) throw new Error(`Nothing to answer to this page: ${page}`)
  return new URLSearchParams({ [field]: value })
}
