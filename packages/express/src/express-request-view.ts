import type { IncomingMessage } from 'node:http'
import { nodeField, type RequestView, targetUri } from '@latchkey/core/adapter'

/** As much of an Express request as a guard reads. Not `Request` itself, so that guards leave a route's own types alone. */
export interface GuardedRequest extends IncomingMessage {
  readonly originalUrl: string
  readonly host: string
  readonly protocol: string
}

/** The seam filled from an Express request. A class, so that a request costs one small object and no closure. */
export class ExpressRequestView implements RequestView {
  readonly #request: GuardedRequest

  constructor(request: GuardedRequest) {
    this.#request = request
  }

  get method(): string {
    return this.#request.method ?? ''
  }

  header(name: string): string | undefined {
    return nodeField(this.#request, name)
  }

  /** `protocol` and `host` look at forwarded headers only as far as Express's `trust proxy` setting says. */
  url(): string {
    const { protocol, host, originalUrl } = this.#request
    return targetUri(protocol, host, originalUrl)
  }
}
