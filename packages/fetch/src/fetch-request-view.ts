import { fetchRequestView, type RequestView } from '@latchkey/core/adapter'

/** As much of a platform's context as a guard needs: a Worker's third argument, Next's event. */
interface Platform {
  waitUntil(work: Promise<unknown>): void
}

/**
 * The seam filled from a `Request` and what the platform handed over beside it.
 *
 * @param rest whatever follows the request among a handler's arguments
 */
export function viewOf(request: Request, rest: readonly unknown[]): RequestView {
  const view = fetchRequestView(request)
  const platform = rest.find(isPlatform)
  return platform === undefined ? view : { ...view, waitUntil: (work) => platform.waitUntil(work) }
}

function isPlatform(value: unknown): value is Platform {
  return typeof value === 'object' && value !== null && 'waitUntil' in value && typeof value.waitUntil === 'function'
}
