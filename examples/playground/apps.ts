import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Verifier } from '@latchkey/core'
import { expressAuth } from '@latchkey/express'
import { fastifyAuth } from '@latchkey/fastify'
import { honoAuth } from '@latchkey/hono'
import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import { listen, type Running } from './listen.js'

const posts = ['Keys under the mat', 'A short history of the latch']

/** `/me` for anybody with a good token, `/posts` with the scope `posts:read`, `/admin` with the scope `admin`. */
export async function startFastify(verifier: Verifier, port: number): Promise<Running> {
  const { plugin, requireAuth, getAuth } = fastifyAuth({ verifier })
  const app = Fastify({ forceCloseConnections: true })
  await app.register(plugin)
  app.get('/me', { onRequest: requireAuth() }, async (request) => {
    const { claims, scope, source } = getAuth(request)
    return { sub: claims.sub, scope, source }
  })
  app.get('/posts', { onRequest: requireAuth({ scope: 'posts:read' }) }, async () => ({ posts }))
  app.get('/admin', { onRequest: requireAuth({ scope: 'admin' }) }, async () => ({ admin: true }))
  const url = await app.listen({ host: '127.0.0.1', port })
  return { name: 'Fastify', url, stop: () => app.close() }
}

/** The same routes in Express. */
export function startExpress(verifier: Verifier, port: number): Promise<Running> {
  const { requireAuth, getAuth } = expressAuth({ verifier })
  const app = express()
  app.get('/me', requireAuth(), (request, response) => {
    const { claims, scope, source } = getAuth(request)
    response.json({ sub: claims.sub, scope, source })
  })
  app.get('/posts', requireAuth({ scope: 'posts:read' }), (_, response) => {
    response.json({ posts })
  })
  app.get('/admin', requireAuth({ scope: 'admin' }), (_, response) => {
    response.json({ admin: true })
  })
  return listen('Express', createServer(app), port)
}

/** The same routes in Hono. */
export function startHono(verifier: Verifier, port: number): Promise<Running> {
  const { requireAuth } = honoAuth({ verifier })
  const app = new Hono()
  app.get('/me', requireAuth(), (c) => {
    const { claims, scope, source } = c.var.auth
    return c.json({ sub: claims.sub, scope, source })
  })
  app.get('/posts', requireAuth({ scope: 'posts:read' }), (c) => c.json({ posts }))
  app.get('/admin', requireAuth({ scope: 'admin' }), (c) => c.json({ admin: true }))
  return listen('Hono', createServer(getRequestListener(app.fetch)), port)
}
