import type { RequestView } from '../request-view.js'

/**
 * Whether a browser may have been made to send this request by another site. Asked where a cookie carries the identity,
 * since a browser attaches cookies by itself. The checks, in this order:
 *
 * 1. GET, HEAD and OPTIONS pass: they are safe (RFC 9110 §9.2.1), so a GET that changes state is not protected.
 * 2. `Sec-Fetch-Site` is the browser's own word: `same-origin` and `none` (typed by the user) pass; any other value passes
 *    only from a trusted origin.
 * 3. Without it, `Origin` must be the request's own or a trusted origin; `null` is neither. An empty one counts as absent.
 * 4. With neither header the request passes: no browser of today sends it. A browser older than 2020 that sends no `Origin`
 *    with a form fails open here; `SameSite` on the cookie is what stands behind it.
 *
 * Content types are not looked at, nor is `X-HTTP-Method-Override`.
 *
 * @param trustedOrigins serialized origins, exactly as a browser sends them (RFC 6454 §6.2)
 */
export function isCrossOrigin(view: RequestView, trustedOrigins: ReadonlySet<string>): boolean {
  if (view.method === 'GET' || view.method === 'HEAD' || view.method === 'OPTIONS') return false
  const site = view.header('sec-fetch-site')
  const origin = view.header('origin')
  if (site !== undefined) {
    if (site === 'same-origin' || site === 'none') return false
    return origin === undefined || !trustedOrigins.has(origin)
  }
  if (origin === undefined || origin === '') return false
  if (origin === 'null') return true
  return !trustedOrigins.has(origin) && origin !== ownOrigin(view)
}

/** Scheme plus Host, serialized; undefined where the Host is not one, which no origin equals. */
function ownOrigin(view: RequestView): string | undefined {
  const url = view.url()
  if (!URL.canParse(url)) return undefined
  return new URL(url).origin
}

/** Whether a configured origin is exactly what a browser would send: no path, no default port, no upper case, no wildcard. */
export function isSerializedOrigin(origin: unknown): origin is string {
  if (typeof origin !== 'string' || !URL.canParse(origin)) return false
  return new URL(origin).origin === origin && !origin.includes('*')
}
