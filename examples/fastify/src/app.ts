import { createVerifier } from '@latchkey/core'
import { fastifyAuth } from '@latchkey/fastify'
import { type FastifyInstance, fastify } from 'fastify'
import { z } from 'zod'

/** Builds the app. It accepts tokens of one issuer: `ISSUER` and `AUDIENCE` are the `iss` and `aud` of those tokens. */
export async function createApp(env: NodeJS.ProcessEnv): Promise<FastifyInstance> {
  const verifier = createVerifier({
    issuer: env['ISSUER'] ?? '',
    audience: env['AUDIENCE'] ?? '',
    claims: z.object({ email: z.email() }),
  })
  const { plugin, requireAuth, optionalAuth, getAuth, getOptionalAuth } = fastifyAuth({ verifier })

  const app = fastify()
  await app.register(plugin)

  app.get('/', async () => ({ hello: 'world' }))

  app.get('/greeting', { onRequest: optionalAuth() }, async (request) => ({
    hello: getOptionalAuth(request)?.claims.email ?? 'stranger',
  }))

  app.get('/me', { onRequest: requireAuth() }, async (request) => ({ email: getAuth(request).claims.email }))

  app.post('/posts', { onRequest: requireAuth({ scope: 'posts:write' }) }, async (request, reply) => {
    reply.code(201)
    return { author: getAuth(request).claims.sub }
  })

  return app
}
