import { type NodeRequest, NodeRequestView, targetUri } from '@latchkey/core/adapter'

/** The part of a Fastify request that a guard reads. Every `FastifyRequest` has it, also with HTTP/2 and any type parameters. */
export interface GuardedRequest {
  /** The target as received. */
  readonly originalUrl: string
  /** The host with its port, as the client sees it. */
  readonly host: string
  /** `http` or `https`, as the client sees it. */
  readonly protocol: string
  /** Node's own request. */
  readonly raw: NodeRequest
}

/** A view of a Fastify request. */
export class FastifyRequestView extends NodeRequestView<GuardedRequest> {
  constructor(request: GuardedRequest) {
    super(request, request.raw)
  }

  /** `protocol` and `host` use forwarded headers only from proxies that Fastify's `trustProxy` option trusts. */
  override url(): string {
    const { protocol, host, originalUrl } = this.native
    return targetUri(protocol, host, originalUrl)
  }
}
