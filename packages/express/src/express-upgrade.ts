import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Auth } from '@latchkey/core'
import { createUpgradeGuard, refuseUnknownOptions, type UpgradeContext } from '@latchkey/core/adapter'
import { ExpressRequestView, type GuardedRequest } from './express-request-view.js'

/** Options of `upgrade`. */
export interface UpgradeOptions {
  /** A guard that `requireAuth` made. The upgrade must meet its requirement. Default: `requireAuth()`. */
  readonly guard?: object
  /** The Express app, whose `trust proxy` setting says which forwarded headers are used. Default: none are. */
  readonly app?: { readonly request: object }
}

/**
 * Guards a request for an upgrade. It answers a refused one over HTTP, as a guard does, and closes the connection. It does not
 * call `onDeny`, because there is no Express response. Afterwards `getAuth(req)` gives who is calling too.
 *
 * @param req the request, from Node's `upgrade` event
 * @param socket the connection, from the same event
 * @returns who is calling; null if the request was refused or the client has gone
 * @throws ConfigError for a wrong option, or what the guard's own `check` throws, as rejections. The client then gets a 500.
 */
export type ExpressUpgrade<Claims> = (
  req: IncomingMessage,
  socket: Duplex,
  options?: UpgradeOptions,
) => Promise<Auth<Claims> | null>

/** Makes the guard of upgrades. */
export function createUpgrade<Claims>(
  context: Omit<UpgradeContext<GuardedRequest, Claims>, 'view'>,
): ExpressUpgrade<Claims> {
  const guardUpgrade = createUpgradeGuard<GuardedRequest, Claims>({
    ...context,
    view: (req) => new ExpressRequestView(req),
  })
  return async (req, socket, options = {}) => {
    refuseUnknownOptions('upgrade', options, { guard: true, app: true })
    // Express does the same to each request that it handles.
    if (options.app !== undefined) Object.setPrototypeOf(req, options.app.request)
    return guardUpgrade(req, socket, options.guard)
  }
}
