import { type NodeRequest, NodeRequestView, targetUri } from '@latchkey/core/adapter'

/** What a guard reads of a Fastify request. Every `FastifyRequest` has it, whatever its generics, HTTP/2 included. */
export interface GuardedRequest {
  readonly originalUrl: string
  readonly host: string
  readonly protocol: string
  readonly raw: NodeRequest
}

/** Shows a Fastify request to core. */
export class FastifyRequestView extends NodeRequestView {
  readonly #request: GuardedRequest

  constructor(request: GuardedRequest) {
    super(request.raw)
    this.#request = request
  }

  override get native(): object {
    return this.#request
  }

  /** `protocol` and `host` look at forwarded headers only as far as Fastify's `trustProxy` option says. */
  override url(): string {
    const { protocol, host, originalUrl } = this.#request
    return targetUri(protocol, host, originalUrl)
  }
}
