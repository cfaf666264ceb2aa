export type { GuardedReply } from './fastify-answer.js'
export {
  type FastifyAuth,
  type FastifyAuthOptions,
  type FastifyGuard,
  type FastifySessionAuth,
  fastifyAuth,
  type SessionGuardOptions,
} from './fastify-auth.js'
export type { GuardedRequest } from './fastify-request-view.js'
export type { FastifySession, FastifySessionHandler, SessionReply, SessionRequest } from './fastify-session.js'
