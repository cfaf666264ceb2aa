import { fastifyAuth } from '@latchkey/fastify'
import Fastify from 'fastify'
import { feedHeaders } from './event-feed.js'
import type { Running } from './listen.js'
import { describe, loginOf, places, publish, type Shared } from './shared.js'

/** Serves `/me` for any good token, `/posts` for the scope `posts:read`, `/admin` for the scope `admin`, and the page. */
export async function startFastify(shared: Shared, port: number): Promise<Running> {
  const { sessions, posts, thief } = shared
  const { plugin, requireAuth, optionalAuth, getAuth, getOptionalAuth, session } = fastifyAuth({
    sessions,
  })
  const app = Fastify({ forceCloseConnections: true })
  await app.register(plugin)

  app.get('/me', { onRequest: requireAuth() }, async (request) => {
    const { claims, scope, source } = getAuth(request)
    return { sub: claims.sub, scope, source }
  })
  app.get('/posts', { onRequest: requireAuth({ scope: 'posts:read' }) }, async () => ({ posts }))
  app.post('/posts', { onRequest: requireAuth({ scope: 'posts:write' }) }, async (request) =>
    publish(posts, getAuth(request).claims.sub),
  )
  app.get('/admin', { onRequest: requireAuth({ scope: 'admin' }) }, async () => ({ admin: true }))

  app.get('/session', { onRequest: optionalAuth({ refresh: true }) }, async (request) =>
    describe(getOptionalAuth(request), shared),
  )
  app.post('/session', async (request, reply) => {
    const login = loginOf(await session.readJson(request))
    if (login === undefined) return reply.code(400).send({ message: 'A name is missing.' })
    return session.start(reply, login)
  })
  app.post('/session/refresh', session.refresh)
  app.post('/session/device', session.bind)
  app.delete('/session', session.end)
  app.delete('/session/all', { onRequest: requireAuth() }, session.endAll)
  app.get('/.well-known/jwks.json', session.jwks)

  app.get('/keys', async () => shared.keys())
  app.post('/keys/rotate', { onRequest: requireAuth() }, async () => {
    await shared.rotateKeys()
    return shared.keys()
  })
  app.post('/thief', { onRequest: requireAuth() }, async (request) => thief.copy(request.headers.cookie))
  app.post('/thief/refresh', { onRequest: requireAuth() }, async () => thief.refresh(shared.apps[0]))

  for (const { path, headers, body } of shared.files) app.get(path, (_, reply) => reply.headers(headers).send(body))
  app.get('/places', async () => places(shared))
  app.get('/events', (_, reply) => reply.headers(feedHeaders).send(shared.feed.follow()))

  const url = await app.listen({ host: '127.0.0.1', port })
  return { name: 'Fastify', url, stop: () => app.close() }
}
