import type { UpgradeContext, UpgradeOptions } from '@latchkey/core/adapter'
import { ExpressRequestView, type GuardedRequest } from './express-request-view.js'

/** Options of `upgrade`. */
export interface ExpressUpgradeOptions extends UpgradeOptions {
  /** The Express app, whose `trust proxy` setting says which forwarded headers are used. Default: none are. */
  readonly app?: { readonly request: object }
}

/** The part of the guard of upgrades that differs for Express. */
export const expressUpgrade: Pick<UpgradeContext<GuardedRequest, unknown, ExpressUpgradeOptions>, 'known' | 'view'> = {
  known: { guard: true, app: true } satisfies Record<keyof ExpressUpgradeOptions, true>,
  view: (request, options) => {
    // Express does the same to each request that it handles.
    if (options?.app !== undefined) Object.setPrototypeOf(request, options.app.request)
    return new ExpressRequestView(request)
  },
}
