import type { RequestView } from '../request-view.js'

/**
 * Makes a view of a Web `Request`, for Hono and any other framework in the style of Fetch. Its `Headers` already combine
 * repeated fields as `RequestView` asks.
 */
export function fetchRequestView(request: Request): RequestView {
  return {
    method: request.method,
    native: request,
    header: (name) => request.headers.get(name) ?? undefined,
    url: () => request.url,
  }
}
