import type { ResponseCookie } from '../response-extras.js'

/** Writes a cookie as the value of a `Set-Cookie` field (RFC 6265 §4.1.1). */
export function serializeCookie({ name, value, maxAge, path, domain, secure, sameSite }: ResponseCookie): string {
  const attributes = [
    `${name}=${value}`,
    `Max-Age=${maxAge}`,
    `Path=${path}`,
    ...(domain === undefined ? [] : [`Domain=${domain}`]),
    'HttpOnly',
    ...(secure ? ['Secure'] : []),
    `SameSite=${sameSite}`,
  ]
  return attributes.join('; ')
}

/** What `settleCookies` has decided about a response's `Set-Cookie` fields. */
export interface SettledCookies {
  /** The fields to keep, in their order. */
  readonly kept: readonly string[]
  /** Our cookies that must still be added. */
  readonly missing: readonly ResponseCookie[]
}

/**
 * Decides which cookies are sent if a handler and a refresh by the guard have set cookies in the same response. For each cookie,
 * the handler wins. A cookie that the handler left alone is set once, also if the handler replaced all fields by its own.
 *
 * @param fields the response's `Set-Cookie` fields
 * @param ours the cookies of the refresh; a field is ours if it has the same name and value
 */
export function settleCookies(fields: readonly string[], ours: readonly ResponseCookie[]): SettledCookies {
  const fresh = new Set(ours.map(({ name, value }) => `${name}=${value}`))
  const isOurs = (field: string) => fresh.has(pairOf(field))
  const taken = new Set(fields.filter((field) => !isOurs(field)).map(identityOf))
  const kept = fields.filter((field) => {
    if (!isOurs(field)) return true
    const identity = identityOf(field)
    const isFirst = !taken.has(identity)
    taken.add(identity)
    return isFirst
  })
  return { kept, missing: ours.filter((cookie) => !taken.has(identityOf(serializeCookie(cookie)))) }
}

function pairOf(field: string): string {
  return (field.split(';', 1)[0] ?? '').trim()
}

/** Gives what identifies a cookie to a browser (RFC 6265 §5.3): name, domain and path. A missing path counts as `/`. */
function identityOf(field: string): string {
  const [pair = '', ...attributes] = field.split(';')
  let [domain, path] = ['', '/']
  for (const attribute of attributes) {
    const [name = '', value = ''] = attribute.split('=', 2).map((part) => part.trim())
    if (/^domain$/i.test(name)) domain = value.replace(/^\./, '').toLowerCase()
    if (/^path$/i.test(name) && value.startsWith('/')) path = value
  }
  return `${pair.split('=', 1)[0]?.trim()};${domain};${path}`
}
