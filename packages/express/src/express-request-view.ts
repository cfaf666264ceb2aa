import type { IncomingMessage } from 'node:http'
import { NodeRequestView, targetUri } from '@latchkey/core/adapter'

/**
 * The part of an Express request that a guard reads. It is not Express's `Request`, so that a guard does not affect the types of
 * a route. A plain Node request has none of these members; then no proxy is trusted.
 */
export interface GuardedRequest extends IncomingMessage {
  /** The target as received, also below a mounted router. */
  readonly originalUrl?: string
  /** `http` or `https`, as the client sees it. */
  readonly protocol?: string
  /** The app, whose settings say which proxies are trusted. */
  readonly app?: { get(setting: string): unknown }
}

/** A view of an Express request. */
export class ExpressRequestView extends NodeRequestView<GuardedRequest> {
  constructor(request: GuardedRequest) {
    super(request, request)
  }

  /** Uses forwarded headers only from proxies that Express's `trust proxy` setting trusts. */
  override url(): string {
    const { protocol, url = '', originalUrl = url } = this.native
    return protocol === undefined ? super.url() : targetUri(protocol, hostOf(this.native), originalUrl)
  }
}

/** Gives what `req.host` gives in Express 5. In Express 4 that has no port. */
function hostOf({ app, socket, headers }: GuardedRequest): string | undefined {
  const trusts = app?.get('trust proxy fn')
  const forwarded = headers['x-forwarded-host']
  if (typeof forwarded === 'string' && forwarded !== '' && typeof trusts === 'function') {
    if (trusts(socket.remoteAddress, 0) === true) return forwarded.split(',', 1)[0]?.trim()
  }
  return headers.host
}
