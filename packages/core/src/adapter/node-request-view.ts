import type { RequestView } from '../request-view.js'
import { clientCertificate } from './client-certificate.js'
import { type NodeFields, nodeField, targetUri } from './raw-headers.js'

/** The part of Node's own request (`http`, `https`) that a view reads. */
export interface NodeRequest extends NodeFields {
  readonly method?: string | undefined
  readonly url?: string | undefined
}

/**
 * A view of Node's own request. It ignores forwarded headers, since Node trusts no proxy. It is a class so that a request costs
 * one small object and no closure.
 */
export class NodeRequestView<Request extends NodeRequest = NodeRequest> implements RequestView {
  protected readonly request: Request

  constructor(request: Request) {
    this.request = request
  }

  get method(): string {
    return this.request.method ?? ''
  }

  get native(): object {
    return this.request
  }

  header(name: string): string | undefined {
    return nodeField(this.request, name)
  }

  url(): string {
    return targetUri(schemeOf(this.request.socket), this.header('host'), this.request.url ?? '')
  }

  clientCertificate(): Uint8Array | undefined {
    return clientCertificate(this.request.socket)
  }
}

function schemeOf(socket: unknown): 'http' | 'https' {
  return typeof socket === 'object' && socket !== null && 'encrypted' in socket ? 'https' : 'http'
}
