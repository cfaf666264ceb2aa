import type { IncomingMessage } from 'node:http'
import { NodeRequestView, targetUri } from '@latchkey/core/adapter'

/**
 * As much of an Express request as a guard reads. Not `Request` itself, so that guards leave a route's own types alone; a bare
 * one of Node's has none of these members, and trusts no proxy.
 */
export interface GuardedRequest extends IncomingMessage {
  readonly originalUrl?: string
  readonly protocol?: string
  readonly app?: { get(setting: string): unknown }
}

/** The seam filled from an Express request. */
export class ExpressRequestView extends NodeRequestView<GuardedRequest> {
  /** Forwarded headers count only as far as Express's `trust proxy` setting says. */
  override url(): string {
    const { protocol, url = '', originalUrl = url } = this.request
    return protocol === undefined ? super.url() : targetUri(protocol, hostOf(this.request), originalUrl)
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
