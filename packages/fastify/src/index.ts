export {
  type FastifyAuth,
  type FastifyAuthOptions,
  type FastifyGuard,
  fastifyAuth,
  type GuardedReply,
  type GuardedRequest,
} from './fastify-auth.js'
