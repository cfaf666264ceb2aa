import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Auth } from '@latchkey/core'
import { createUpgradeGuard, refuseUnknownOptions, type UpgradeContext } from '@latchkey/core/adapter'
import { ExpressRequestView, type GuardedRequest } from './express-request-view.js'

/** What `upgrade` can be told. */
export interface UpgradeOptions {
  /** A guard of `requireAuth(options)`, whose requirement holds. Default: that of `requireAuth()`. */
  readonly guard?: object
  /** The Express app: its `trust proxy` decides about forwarded headers. Default: none count. */
  readonly app?: { readonly request: object }
}

/**
 * Decides about a request for an upgrade. A refusal is answered over HTTP, as a guard answers it, and the connection closed;
 * `onDeny` is not asked, since there is no response of Express. Who is calling is also kept for `getAuth(req)`.
 *
 * @param req the request, and `socket` its connection, as Node's `upgrade` event has them
 * @returns who is calling; null where the request was refused, or the client is gone. Rejects with ConfigError for a bad option,
 * and with what the guard's own `check` throws; the client gets a 500 then.
 */
export type ExpressUpgrade<Claims> = (
  req: IncomingMessage,
  socket: Duplex,
  options?: UpgradeOptions,
) => Promise<Auth<Claims> | null>

/** Makes the guard of WebSockets. */
export function createUpgrade<Claims>(
  context: Omit<UpgradeContext<GuardedRequest, Claims>, 'view'>,
): ExpressUpgrade<Claims> {
  const guardUpgrade = createUpgradeGuard<GuardedRequest, Claims>({
    ...context,
    view: (req) => new ExpressRequestView(req),
  })
  return async (req, socket, options = {}) => {
    refuseUnknownOptions('upgrade', options, { guard: true, app: true })
    // As Express itself does with a request that it takes in.
    if (options.app !== undefined) Object.setPrototypeOf(req, options.app.request)
    return guardUpgrade(req, socket, options.guard)
  }
}
