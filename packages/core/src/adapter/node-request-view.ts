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
 * one small object and no closure. Its members are public and in this class alone, because private ones, and more in a class
 * that extends it, are slower to set.
 */
export class NodeRequestView<Native extends object = NodeRequest> implements RequestView {
  readonly native: Native
  readonly node: NodeRequest

  /**
   * @param native the framework's own request
   * @param node Node's own request, which may be the same
   */
  constructor(native: Native, node: NodeRequest) {
    this.native = native
    this.node = node
  }

  get method(): string {
    return this.node.method ?? ''
  }

  header(name: string): string | undefined {
    return nodeField(this.node, name)
  }

  url(): string {
    return targetUri(schemeOf(this.node.socket), this.header('host'), this.node.url ?? '')
  }

  clientCertificate(): Uint8Array | undefined {
    return clientCertificate(this.node.socket)
  }
}

function schemeOf(socket: unknown): 'http' | 'https' {
  return typeof socket === 'object' && socket !== null && 'encrypted' in socket ? 'https' : 'http'
}
