import { Readable } from 'node:stream'
import type {} from '@fastify/cookie'
import { fastifyAuth, type OnDeny } from '@latchkey/fastify'
import type { Sessions } from '@latchkey/session'
import type { AdapterApp, Refusals } from '@latchkey/testing/adapter-contract'
import { fastify } from 'fastify'

/** The app of the adapter contract, on Fastify. */
export async function serveFastify(sessions: Sessions, { realm, onDeny }: Refusals = {}): Promise<AdapterApp> {
  const answer: OnDeny = (error, _request, reply) => {
    const text = onDeny?.(error)
    return reply.code(418).send(text)
  }
  const options = { ...(realm && { realm }), ...(onDeny && { onDeny: answer }) }
  const { plugin, requireAuth, optionalAuth, getAuth, session } = fastifyAuth({ sessions, ...options })
  const app = fastify({ forceCloseConnections: true })
  await app.register(plugin)
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'public, max-age=60').header('cdn-cache-control', 'max-age=60')
  })
  app.addHook('onRequest', optionalAuth({ refresh: true }))
  // Later than whatever a handler says.
  app.addHook('onSend', async (request, reply) => {
    if (request.url === '/stream') reply.header('cache-control', 'public')
  })
  app.post<{ Querystring: { sub: string } }>('/login', (request, reply) =>
    session.start(reply, { sub: request.query.sub }),
  )
  app.post('/session/refresh', session.refresh)
  app.delete('/session', session.end)
  app.delete('/session/all', session.endAll)
  await app.register(session.routes, { prefix: '/mounted' })
  app.get('/me', { onRequest: requireAuth() }, async (request) => getAuth(request).claims.sub)
  app.get('/page', { onRequest: requireAuth({ refresh: true }) }, async (request) => getAuth(request).claims.sub)
  app.get('/public', async (_request, reply) => {
    reply.header('cache-control', 'public').header('cdn-cache-control', 'max-age=60').header('surrogate-control', 'a')
    return 'public'
  })
  app.get('/stream', (_request, reply) => reply.send(Readable.from(['one', 'two'])))
  app.get('/redirect', (_request, reply) => reply.redirect('/me'))
  app.get('/throws', async () => {
    throw new Error('thrown')
  })
  app.get('/own-cookies', async (_request, reply) => {
    reply.clearCookie('__Host-access', { path: '/', secure: true }).setCookie('theme', 'dark')
    return 'own'
  })
  app.get('/raw-cookies', async (_request, reply) => {
    reply.header('set-cookie', '__Host-refresh=own; Path=/; Secure')
    return 'raw'
  })
  return { url: await app.listen({ port: 0, host: '127.0.0.1' }), close: () => app.close() }
}
