import { FetchRequestView, type Lifetime, type NodeBindings, type RequestView } from '@latchkey/core/adapter'

/**
 * Makes a view of a `Request`, and of what the platform passes along with it.
 *
 * @param rest the arguments that follow the request in a call of a handler
 */
export function viewOf(request: Request, rest: readonly unknown[]): RequestView {
  return new FetchRequestView(request, request, rest.find(isNodeServer), rest.find(isLifetime))
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
