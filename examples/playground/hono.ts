import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import { honoAuth } from '@latchkey/hono'
import { Hono } from 'hono'
import { feedHeaders } from './event-feed.js'
import { listen, type Running } from './listen.js'
import { describe, loginOf, places, publish, type Shared } from './shared.js'

/** Serves the same routes with Hono. */
export function startHono(shared: Shared, port: number): Promise<Running> {
  const { sessions, posts, thief } = shared
  const { requireAuth, optionalAuth, session } = honoAuth({ sessions })
  const app = new Hono()

  app.get('/me', requireAuth(), (c) => {
    const { claims, scope, source } = c.var.auth
    return c.json({ sub: claims.sub, scope, source })
  })
  app.get('/posts', requireAuth({ scope: 'posts:read' }), (c) => c.json({ posts }))
  app.post('/posts', requireAuth({ scope: 'posts:write' }), (c) => c.json(publish(posts, c.var.auth.claims.sub)))
  app.get('/admin', requireAuth({ scope: 'admin' }), (c) => c.json({ admin: true }))

  app.get('/session', optionalAuth({ refresh: true }), (c) => c.json(describe(c.var.auth, shared)))
  app.post('/session', async (c) => {
    const login = loginOf(await session.readJson(c))
    if (login === undefined) return c.json({ message: 'A name is missing.' }, 400)
    return session.start(c, login)
  })
  app.post('/session/refresh', session.refresh)
  app.post('/session/device', session.bind)
  app.delete('/session', session.end)
  app.delete('/session/all', requireAuth(), session.endAll)
  app.get('/.well-known/jwks.json', session.jwks)

  app.get('/keys', (c) => c.json(shared.keys()))
  app.post('/keys/rotate', requireAuth(), async (c) => {
    await shared.rotateKeys()
    return c.json(shared.keys())
  })
  app.post('/thief', requireAuth(), (c) => c.json(thief.copy(c.req.header('cookie'))))
  app.post('/thief/refresh', requireAuth(), async (c) => c.json(await thief.refresh(shared.apps[0])))

  for (const { path, headers, body } of shared.files) app.get(path, (c) => c.body(body, 200, headers))
  app.get('/places', (c) => c.json(places(shared)))
  app.get('/events', (c) => c.body(Readable.toWeb(shared.feed.follow()) as ReadableStream, 200, feedHeaders))
  return listen('Hono', createServer(getRequestListener(app.fetch)), port)
}
