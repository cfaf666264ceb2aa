/**
 * Guards and session verbs for Fastify.
 *
 * @module @latchkey/fastify
 */

export type { GuardUpgrade, SessionGuardOptions, UpgradeOptions } from '@latchkey/core/adapter'
export {
  type FastifyAuth,
  type FastifyAuthOptions,
  type FastifyGuard,
  type FastifySessionAuth,
  fastifyAuth,
} from './fastify-auth.js'
export type { GuardedReply, OnDeny } from './fastify-framework.js'
export type { GuardedRequest } from './fastify-request-view.js'
export type { FastifySession, FastifySessionHandler, SessionReply, SessionRequest } from './fastify-session.js'
