import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Verifier } from '@latchkey/core'
import { expressAuth } from '@latchkey/express'
import { fastifyAuth } from '@latchkey/fastify'
import { honoAuth } from '@latchkey/hono'
import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import { close, listen } from '../servers/listen.js'

/** An app that listens on loopback, with `/me` for anybody known and `/posts` for the scope `posts:read`. */
export interface RunningApp {
  readonly url: string
  stop(): Promise<void>
}

/** What an app needs to know about its callers: the account's address is in the tokens of users alone. */
export interface AppClaims {
  readonly email?: string | undefined
}

/** How the app of each framework is started. */
export const frameworks: Readonly<Record<string, (verifier: Verifier<AppClaims>) => Promise<RunningApp>>> = {
  Fastify: startFastify,
  Express: startExpress,
  Hono: startHono,
}

async function startFastify(verifier: Verifier<AppClaims>): Promise<RunningApp> {
  const { plugin, requireAuth, getAuth } = fastifyAuth({ verifier })
  const app = Fastify({ forceCloseConnections: true })
  await app.register(plugin)
  app.get('/me', { onRequest: requireAuth() }, async (request) => {
    const { sub, email } = getAuth(request).claims
    return { sub, email }
  })
  app.get('/posts', { onRequest: requireAuth({ scope: 'posts:read' }) }, async () => ({ posts: [] }))
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { url, stop: () => app.close() }
}

async function startExpress(verifier: Verifier<AppClaims>): Promise<RunningApp> {
  const { requireAuth, getAuth } = expressAuth({ verifier })
  const app = express()
  app.get('/me', requireAuth(), (request, response) => {
    const { sub, email } = getAuth(request).claims
    response.json({ sub, email })
  })
  app.get('/posts', requireAuth({ scope: 'posts:read' }), (_, response) => {
    response.json({ posts: [] })
  })
  const server = createServer(app)
  return { url: `http://127.0.0.1:${await listen(server)}`, stop: () => close(server) }
}

async function startHono(verifier: Verifier<AppClaims>): Promise<RunningApp> {
  const { requireAuth } = honoAuth({ verifier })
  const app = new Hono()
  app.get('/me', requireAuth(), (c) => {
    const { sub, email } = c.var.auth.claims
    return c.json({ sub, email })
  })
  app.get('/posts', requireAuth({ scope: 'posts:read' }), (c) => c.json({ posts: [] }))
  const server = createServer(getRequestListener(app.fetch))
  return { url: `http://127.0.0.1:${await listen(server)}`, stop: () => close(server) }
}
