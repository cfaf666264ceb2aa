import type { RequestView } from '../request-view.js'
import { clientCertificate } from './client-certificate.js'
import { type NodeFields, nodeField, targetUri } from './raw-headers.js'

/** As much of a request of Node's own (`http`, `https`) as a view reads. */
export interface NodeRequest extends NodeFields {
  readonly method?: string | undefined
  readonly url?: string | undefined
}

/** The seam filled from a request of Node's own. Forwarded headers count for nothing: Node trusts no proxy. */
export function nodeRequestView(request: NodeRequest): RequestView {
  return {
    method: request.method ?? '',
    native: request,
    header: (name) => nodeField(request, name),
    url: () => targetUri(schemeOf(request.socket), nodeField(request, 'host'), request.url ?? ''),
    clientCertificate: () => clientCertificate(request.socket),
  }
}

function schemeOf(socket: unknown): 'http' | 'https' {
  return typeof socket === 'object' && socket !== null && 'encrypted' in socket ? 'https' : 'http'
}
