import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Auth } from '@latchkey/core'
import { createUpgradeGuard, refuseUnknownOptions, type UpgradeContext } from '@latchkey/core/adapter'
import { ExpressRequestView, type GuardedRequest } from './express-request-view.js'

/** Options of `upgrade`. */
export interface UpgradeOptions {
  /** A guard of `requireAuth(options)`, which says what the upgrade needs. Default: `requireAuth()`. */
  readonly guard?: object
  /** The Express app, whose `trust proxy` decides which forwarded headers count. Default: none count. */
  readonly app?: { readonly request: object }
}

/**
 * Decides about a request for an upgrade. It answers a refusal over HTTP, as a guard does, and closes the connection. It does not
 * ask `onDeny`, since there is no response of Express. It keeps who is calling for `getAuth(req)` too.
 *
 * @param req the request, as Node's `upgrade` event has it
 * @param socket the connection, from the same event
 * @returns who is calling; null where the request was refused, or the client has gone
 * @throws ConfigError for a bad option, and what the guard's own `check` throws (as a rejection). The client gets a 500.
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
    // Express does the same with each request that it handles.
    if (options.app !== undefined) Object.setPrototypeOf(req, options.app.request)
    return guardUpgrade(req, socket, options.guard)
  }
}
