export {
  type AuthEnv,
  type HonoAuth,
  type HonoAuthOptions,
  type HonoSessionAuth,
  honoAuth,
  type SessionGuardOptions,
} from './hono-auth.js'
export type { HonoSession, HonoSessionHandler } from './hono-session.js'
