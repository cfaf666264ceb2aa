import type { IncomingMessage } from 'node:http'
import { clientCertificate, nodeField, type RequestView, targetUri } from '@latchkey/core/adapter'

/**
 * As much of an Express request as a guard reads. Not `Request` itself, so that guards leave a route's own types alone; a bare
 * one of Node's has none of these members, and trusts no proxy.
 */
export interface GuardedRequest extends IncomingMessage {
  readonly originalUrl?: string
  readonly protocol?: string
  readonly app?: { get(setting: string): unknown }
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

  get native(): object {
    return this.#request
  }

  header(name: string): string | undefined {
    return nodeField(this.#request, name)
  }

  /** Forwarded headers count only as far as Express's `trust proxy` setting says. */
  url(): string {
    const { socket, url = '' } = this.#request
    const { protocol = 'encrypted' in socket ? 'https' : 'http', originalUrl = url } = this.#request
    return targetUri(protocol, hostOf(this.#request), originalUrl)
  }

  clientCertificate(): Uint8Array | undefined {
    return clientCertificate(this.#request.socket)
  }
}

/** As `req.host` of Express 5; that of Express 4 has no port. */
function hostOf({ app, socket, headers }: GuardedRequest): string | undefined {
  const trusts = app?.get('trust proxy fn')
  const forwarded = headers['x-forwarded-host']
  if (typeof forwarded === 'string' && forwarded !== '' && typeof trusts === 'function') {
    if (trusts(socket.remoteAddress, 0) === true) return forwarded.split(',', 1)[0]?.trim()
  }
  return headers.host
}
