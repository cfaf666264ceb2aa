import type { RequestView } from '../request-view.js'
import { clientCertificate } from './client-certificate.js'
import { isUntouched } from './node-server-request.js'
import { type NodeFields, nodeField } from './raw-headers.js'

/** Node's own request and response, which `@hono/node-server` passes along with a `Request`. */
export interface NodeBindings {
  /** Node's request. */
  readonly incoming?: NodeFields
  /** Node's response; undefined for an upgrade, for which Node makes none. */
  readonly outgoing?: unknown
}

/** Keeps a platform alive for work that goes on after the response, e.g. a Worker's context or Next's event. */
export type Lifetime = Pick<Required<RequestView>, 'waitUntil'>

/**
 * A view of a Web `Request`, for Hono and any other framework in the style of Fetch. Its `Headers` already combine repeated
 * fields as `RequestView` requires. It is a class so that a request costs one small object and no closure.
 */
export class FetchRequestView<Native extends object = Request> implements RequestView {
  readonly native: Native
  readonly #request: Request
  readonly #node: NodeBindings | undefined
  readonly #lifetime: Lifetime | undefined
  /** Node's request; undefined if the `Request` may have other header fields by now. */
  readonly #fields: NodeFields | undefined

  /**
   * @param native the framework's own request, which may be the same
   * @param node the bindings of node-server; undefined elsewhere
   * @param lifetime undefined on a platform that keeps running after the response
   */
  constructor(request: Request, native: Native, node?: NodeBindings, lifetime?: Lifetime) {
    this.native = native
    this.#request = request
    this.#node = node
    this.#lifetime = lifetime
    const incoming = node?.incoming
    this.#fields = incoming !== undefined && isUntouched(request, incoming) ? incoming : undefined
  }

  get method(): string {
    return this.#request.method
  }

  header(name: string): string | undefined {
    if (this.#fields !== undefined) return nodeField(this.#fields, name)
    const value = this.#request.headers.get(name) ?? undefined
    // For an upgrade, node-server makes the `Request` from Node's `headers`, which keep only the first `Authorization`.
    const upgrade = upgradeOf(this.#node)
    return upgrade !== undefined && value === upgrade.headers[name] ? nodeField(upgrade, name) : value
  }

  url(): string {
    return this.#request.url
  }

  clientCertificate(): Uint8Array | undefined {
    return clientCertificate(this.#node?.incoming?.socket)
  }

  waitUntil(work: Promise<unknown>): void {
    this.#lifetime?.waitUntil(work)
  }
}

/** Gives Node's request if it asks for an upgrade. */
export function upgradeOf(node: NodeBindings | undefined): NodeFields | undefined {
  return node?.outgoing === undefined ? node?.incoming : undefined
}
