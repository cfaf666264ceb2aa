/**
 * Guards and session verbs for Hono.
 *
 * @module @latchkey/hono
 */

export type { SessionGuardOptions } from '@latchkey/core/adapter'
export type { OnDeny } from './hono-answer.js'
export { type AuthEnv, type HonoAuth, type HonoAuthOptions, type HonoSessionAuth, honoAuth } from './hono-auth.js'
export type { HonoSession, HonoSessionHandler } from './hono-session.js'
