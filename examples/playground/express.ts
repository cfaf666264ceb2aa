import { createServer } from 'node:http'
import { pipeline } from 'node:stream'
import { expressAuth } from '@latchkey/express'
import express from 'express'
import { feedHeaders } from './event-feed.js'
import { listen, type Running } from './listen.js'
import { describe, loginOf, places, publish, type Shared } from './shared.js'

/** Serves the same routes with Express. */
export function startExpress(shared: Shared, port: number): Promise<Running> {
  const { sessions, posts, thief } = shared
  const { requireAuth, optionalAuth, getAuth, getOptionalAuth, session } = expressAuth({
    sessions,
  })
  const app = express()

  app.get('/me', requireAuth(), (request, response) => {
    const { claims, scope, source } = getAuth(request)
    response.json({ sub: claims.sub, scope, source })
  })
  app.get('/posts', requireAuth({ scope: 'posts:read' }), (_, response) => {
    response.json({ posts })
  })
  app.post('/posts', requireAuth({ scope: 'posts:write' }), (request, response) => {
    response.json(publish(posts, getAuth(request).claims.sub))
  })
  app.get('/admin', requireAuth({ scope: 'admin' }), (_, response) => {
    response.json({ admin: true })
  })

  app.get('/session', optionalAuth({ refresh: true }), (request, response) => {
    response.json(describe(getOptionalAuth(request), shared))
  })
  app.post('/session', async (request, response) => {
    const login = loginOf(await session.readJson(request))
    if (login === undefined) response.status(400).json({ message: 'A name is missing.' })
    else await session.start(response, login)
  })
  app.post('/session/refresh', session.refresh)
  app.post('/session/device', session.bind)
  app.delete('/session', session.end)
  app.delete('/session/all', requireAuth(), session.endAll)
  app.get('/.well-known/jwks.json', session.jwks)

  app.get('/keys', (_, response) => {
    response.json(shared.keys())
  })
  app.post('/keys/rotate', requireAuth(), async (_, response) => {
    await shared.rotateKeys()
    response.json(shared.keys())
  })
  app.post('/thief', requireAuth(), (request, response) => {
    response.json(thief.copy(request.headers.cookie))
  })
  app.post('/thief/refresh', requireAuth(), async (_, response) => {
    response.json(await thief.refresh(shared.apps[0]))
  })

  for (const { path, headers, body } of shared.files) {
    app.get(path, (_, response) => {
      response.set(headers).send(body)
    })
  }
  app.get('/places', (_, response) => {
    response.json(places(shared))
  })
  app.get('/events', (_, response) => {
    // The stream ends early when a page is closed, which is not an error.
    pipeline(shared.feed.follow(), response.set(feedHeaders), () => {})
  })
  return listen('Express', createServer(app), port)
}
