import fastifyAuthPlugin from '@fastify/auth'
import type { Verifier } from '@latchkey/core'
import { fastifyAuth } from '@latchkey/fastify'
import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify'
import type { ClientOf } from './api-keys.js'

export async function createApp(verifier: Verifier, clientOf: ClientOf): Promise<FastifyInstance> {
  const { plugin, requireAuth, getAuth } = fastifyAuth({ verifier })
  const app = fastify()
  await app.register(plugin)
  await app.register(fastifyAuthPlugin)
  app.decorateRequest('client', undefined)

  const byKey = (request: FastifyRequest, _reply: unknown, done: (error?: Error) => void) => {
    const key = request.headers['x-api-key']
    const client = clientOf(typeof key === 'string' ? key : undefined)
    request.setDecorator('client', client)
    done(client === undefined ? new Error('no such key') : undefined)
  }
  const callers = app.auth([byKey, requireAuth({ scope: 'reports' })]) // the guard is last: it answers

  app.get('/reports', { onRequest: callers }, async (request) => ({
    caller: request.getDecorator<string | undefined>('client') ?? getAuth(request).claims.sub,
  }))
  return app
}
