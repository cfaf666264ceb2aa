import type { RequestView } from '../request-view.js'
import type { TrustedOrigins } from './trusted-origins.js'

/**
 * Whether another site may have made a browser send this request. It matters if a cookie carries the identity, because browsers
 * attach cookies by themselves, or if a proxy fills a field with it. The checks, in this order:
 *
 * 1. GET, HEAD and OPTIONS pass, because they are safe (RFC 9110 §9.2.1). So a GET that changes state is not protected. An
 *    upgrade is not safe: a WebSocket is opened with GET, CORS does not apply to it, and what is sent over it may change
 *    anything. The extended CONNECT of HTTP/2 (RFC 8441) is another method, so it does not pass here.
 * 2. `Sec-Fetch-Site` is set by the browser itself. `same-origin` and `none` (typed by the user) pass. Any other value passes
 *    only from a trusted origin.
 * 3. Without that header, `Origin` must be the request's own or a trusted one. `null` is neither. An empty `Origin` counts as
 *    absent.
 * 4. Without both headers the request passes: no browser of today sends such a request. Browsers older than 2020 that send no
 *    `Origin` with a form pass too; there only `SameSite` on the cookie protects.
 *
 * Content types and `X-HTTP-Method-Override` are not looked at.
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

/** Gives the request's own origin: its scheme and Host. Undefined, which equals no origin, if the Host is not valid. */
function ownOrigin(view: RequestView): string | undefined {
  const url = view.url()
  if (!URL.canParse(url)) return undefined
  return new URL(url).origin
}
