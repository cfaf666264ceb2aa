export type { GuardUpgrade, SessionGuardOptions, UpgradeOptions } from '@latchkey/core/adapter'
export {
  type ExpressAuth,
  type ExpressAuthOptions,
  type ExpressGuard,
  type ExpressSessionAuth,
  expressAuth,
} from './express-auth.js'
export type { GuardedResponse, OnDeny } from './express-framework.js'
export type { GuardedRequest } from './express-request-view.js'
export type { ExpressSession, ExpressSessionHandler, SessionRequest, SessionResponse } from './express-session.js'
export type { ExpressUpgradeOptions } from './express-upgrade.js'
