import type { RequestView } from '../request-view.js'

/**
 * The seam filled from a Web `Request`, whose `Headers` already combine fields as the seam wants them. For Hono and any
 * other Fetch-style framework.
 */
export function fetchRequestView(request: Request): RequestView {
  return {
    method: request.method,
    native: request,
    header: (name) => request.headers.get(name) ?? undefined,
    url: () => request.url,
  }
}
