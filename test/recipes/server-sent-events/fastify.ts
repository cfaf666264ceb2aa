import { PassThrough } from 'node:stream'
import type { Verifier } from '@latchkey/core'
import { fastifyAuth } from '@latchkey/fastify'
import { type FastifyInstance, fastify } from 'fastify'

export async function createApp(verifier: Verifier): Promise<FastifyInstance> {
  const { plugin, requireAuth, getAuth } = fastifyAuth({ verifier })
  const app = fastify({ forceCloseConnections: true })
  await app.register(plugin)
  app.get('/events', { onRequest: requireAuth() }, (request, reply) => {
    const auth = getAuth(request)
    const events = new PassThrough()
    const watch = verifier.watch(auth, () => events.end())
    events.once('close', watch.stop)
    events.write(`data: hello ${auth.claims.sub}\n\n`)
    return reply.type('text/event-stream').send(events)
  })
  return app
}
