export {
  type ExpressAuth,
  type ExpressAuthOptions,
  type ExpressGuard,
  type ExpressSessionAuth,
  expressAuth,
  type SessionGuardOptions,
} from './express-auth.js'
export type { GuardedRequest } from './express-request-view.js'
export type { ExpressSession, ExpressSessionHandler, SessionRequest, SessionResponse } from './express-session.js'
