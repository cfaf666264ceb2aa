import { FetchRequestView, type Lifetime, type NodeBindings, type RequestView } from '@latchkey/core/adapter'

/**
 * Shows core a `Request`, and what the platform handed over beside it.
 *
 * @param rest whatever follows the request among a handler's arguments
 */
export function viewOf(request: Request, rest: readonly unknown[]): RequestView {
  return new FetchRequestView(request, rest.find(isNodeServer), rest.find(isLifetime))
}

function isNodeServer(value: unknown): value is NodeBindings {
  return isObject(value) && 'incoming' in value && isObject(value.incoming) && 'rawHeaders' in value.incoming
}

function isLifetime(value: unknown): value is Lifetime {
  return isObject(value) && 'waitUntil' in value && typeof value.waitUntil === 'function'
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
