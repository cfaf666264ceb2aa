import type { ResponseCookie } from '../response.js'

/** A cookie as its `Set-Cookie` field (RFC 6265 §4.1.1). */
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

/** What becomes of a response's `Set-Cookie` fields. */
export interface SettledCookies {
  /** The fields to keep, in their order. */
  readonly kept: readonly string[]
  /** Cookies of ours that are still to be added. */
  readonly missing: readonly ResponseCookie[]
}

/**
 * Settles what a handler and a refresh in passing have set in the same response: what the handler sets or clears wins, per
 * cookie; what it left alone is set, once, also where the handler replaced all fields by its own.
 *
 * @param fields the response's `Set-Cookie` fields
 * @param ours the cookies of the refresh, known by name and value
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

/** What a browser tells cookies apart by (RFC 6265 §5.3): name, domain and path. A path that is not said counts as `/`. */
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
