import { clientCertificate, type NodeFields, nodeField, type RequestView, targetUri } from '@latchkey/core/adapter'

/** As much of a Fastify request as a guard reads; every `FastifyRequest` has it, whatever its generics, HTTP/2 included. */
export interface GuardedRequest {
  readonly method: string
  readonly originalUrl: string
  readonly host: string
  readonly protocol: string
  readonly raw: NodeFields
}

/** The seam filled from a Fastify request. A class, so that a request costs one small object and no closure. */
export class FastifyRequestView implements RequestView {
  readonly #request: GuardedRequest

  constructor(request: GuardedRequest) {
    this.#request = request
  }

  get method(): string {
    return this.#request.method
  }

  get native(): object {
    return this.#request
  }

  header(name: string): string | undefined {
    return nodeField(this.#request.raw, name)
  }

  /** `protocol` and `host` look at forwarded headers only as far as Fastify's `trustProxy` option says. */
  url(): string {
    const { protocol, host, originalUrl } = this.#request
    return targetUri(protocol, host, originalUrl)
  }

  clientCertificate(): Uint8Array | undefined {
    return clientCertificate(this.#request.raw.socket)
  }
}
