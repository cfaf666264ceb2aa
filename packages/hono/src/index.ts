export { type AuthEnv, type HonoAuth, type HonoAuthOptions, honoAuth } from './hono-auth.js'
