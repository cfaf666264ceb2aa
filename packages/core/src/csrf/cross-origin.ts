import type { RequestView } from '../request-view.js'
import type { TrustedOrigins } from './trusted-origins.js'

/**
 * Whether a browser may have been made to send this request by another site. Asked where a cookie carries the identity,
 * since a browser attaches cookies by itself, or a field that a proxy fills. The checks, in this order:
 *
 * 1. GET, HEAD and OPTIONS pass: they are safe (RFC 9110 §9.2.1), so a GET that changes state is not protected. An upgrade is
 *    not safe: a WebSocket is opened by GET, no CORS stands before it, and what goes over it may change anything. The extended
 *    CONNECT of HTTP/2 (RFC 8441) is another method.
 * 2. `Sec-Fetch-Site` is the browser's own word: `same-origin` and `none` (typed by the user) pass; any other value passes
 *    only from a trusted origin.
 * 3. Without it, `Origin` must be the request's own or a trusted origin; `null` is neither. An empty one counts as absent.
 * 4. With neither header the request passes: no browser of today sends it. A browser older than 2020 that sends no `Origin`
 *    with a form fails open here; `SameSite` on the cookie is what stands behind it.
 *
 * Content types are not looked at, nor is `X-HTTP-Method-Override`.
 */
export function isCrossOrigin(view: RequestView, trustedOrigins: TrustedOrigins): boolean {
  if (isSafe(view)) return false
  const site = view.header('sec-fetch-site')
  if (site === 'same-origin' || site === 'none') return false
  const origin = view.header('origin')
  if (origin === undefined || origin === '') return site !== undefined
  if (origin === 'null') return true
  return !trustedOrigins.has(origin) && (site !== undefined || origin !== ownOrigin(view))
}

function isSafe(view: RequestView): boolean {
  const { method } = view
  return (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') && view.header('upgrade') === undefined
}

/** Scheme plus Host, serialized; undefined where the Host is not one, which no origin equals. */
function ownOrigin(view: RequestView): string | undefined {
  const url = view.url()
  if (!URL.canParse(url)) return undefined
  return new URL(url).origin
}
