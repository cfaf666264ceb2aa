export {
  type ExpressAuth,
  type ExpressAuthOptions,
  type ExpressGuard,
  expressAuth,
  type GuardedRequest,
} from './express-auth.js'
