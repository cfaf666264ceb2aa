import { clientCertificate, fetchRequestView, type RequestView } from '@latchkey/core/adapter'

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
  const bindings = rest.find(isNodeServer)
  if (platform === undefined && bindings === undefined) return view
  return {
    ...view,
    ...(platform === undefined ? {} : { waitUntil: (work) => platform.waitUntil(work) }),
    ...(bindings === undefined ? {} : { clientCertificate: () => clientCertificate(bindings.incoming.socket) }),
  }
}

/** As much as is needed of what `@hono/node-server` hands over: Node's own request, whose connection shows the client's certificate. */
interface NodeServer {
  readonly incoming: { readonly socket: unknown }
}

function isNodeServer(value: unknown): value is NodeServer {
  if (typeof value !== 'object' || value === null || !('incoming' in value)) return false
  const { incoming } = value
  return typeof incoming === 'object' && incoming !== null && 'socket' in incoming
}

function isPlatform(value: unknown): value is Platform {
  return typeof value === 'object' && value !== null && 'waitUntil' in value && typeof value.waitUntil === 'function'
}
