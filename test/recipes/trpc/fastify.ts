import type { Verifier } from '@latchkey/core'
import { fastifyAuth } from '@latchkey/fastify'
import { type CreateFastifyContextOptions, fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import { type FastifyInstance, fastify } from 'fastify'
import { router } from './router.js'

export async function createApp(verifier: Verifier): Promise<FastifyInstance> {
  const { plugin, optionalAuth, getOptionalAuth } = fastifyAuth({ verifier })
  const createContext = ({ req }: CreateFastifyContextOptions) => ({ auth: getOptionalAuth(req) })
  const app = fastify()
  await app.register(plugin)
  await app.register(async (scope) => {
    scope.addHook('onRequest', optionalAuth())
    await scope.register(fastifyTRPCPlugin, { prefix: '/trpc', trpcOptions: { router, createContext } })
  })
  return app
}
