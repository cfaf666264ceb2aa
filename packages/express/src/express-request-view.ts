import type { IncomingMessage } from 'node:http'
import { NodeRequestView, targetUri } from '@latchkey/core/adapter'

/**
 * What a guard reads of an Express request. It is not `Request` itself, so that guards leave a route's own types alone. A request of
 * Node's alone has none of these members: then no proxy is trusted.
 */
export interface GuardedRequest extends IncomingMessage {
  readonly originalUrl?: string
  readonly protocol?: string
  readonly app?: { get(setting: string): unknown }
}

/** Shows an Express request to core. */
export class ExpressRequestView extends NodeRequestView<GuardedRequest> {
  /** Forwarded headers count only as far as Express's `trust proxy` setting says. */
  override url(): string {
    const { protocol, url = '', originalUrl = url } = this.request
    return protocol === undefined ? super.url() : targetUri(protocol, hostOf(this.request), originalUrl)
  }
}

/** What `req.host` is in Express 5. In Express 4 it has no port. */
function hostOf({ app, socket, headers }: GuardedRequest): string | undefined {
  const trusts = app?.get('trust proxy fn')
  const forwarded = headers['x-forwarded-host']
  if (typeof forwarded === 'string' && forwarded !== '' && typeof trusts === 'function') {
    if (trusts(socket.remoteAddress, 0) === true) return forwarded.split(',', 1)[0]?.trim()
  }
  return headers.host
}
