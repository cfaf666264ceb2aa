// An app with sessions on every framework and store that has a range of versions. The packaging test compiles and runs it against
// the lowest versions, as an ES module and, under the name sessions.cts, as CommonJS.
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expressAuth } from '@latchkey/express'
import { fastifyAuth } from '@latchkey/fastify'
import { honoAuth } from '@latchkey/hono'
import { postgresStore } from '@latchkey/postgres'
import { redisStore } from '@latchkey/redis'
import { createKeyring, createSessions, type SessionStore, type Sessions } from '@latchkey/session'
import express from 'express'
import { fastify } from 'fastify'
import { Hono } from 'hono'
import { Redis } from 'ioredis'
import pg from 'pg'
import { createClient } from 'redis'

/** Nothing connects: the types of the clients must fit, and the stores must take them. */
const stores: Record<string, SessionStore> = {
  ioredis: redisStore({ client: new Redis({ lazyConnect: true }) }),
  redis: redisStore({ client: createClient() }),
  pg: postgresStore({ pool: new pg.Pool() }),
}

/** Logs in, asks with the cookies, and asks without. */
type Ask = (method: 'GET' | 'POST', headers: Record<string, string>) => Promise<{ status: number; cookies: string[] }>

async function visit(ask: Ask): Promise<readonly (number | string)[]> {
  const { status, cookies } = await ask('POST', {})
  const pairs = cookies.map((cookie) => cookie.split(';', 1)[0])
  const known = await ask('GET', { cookie: pairs.join('; ') })
  const attributes = cookies.map((cookie) => cookie.replace(/=[^;]*/, '').replace(/; Expires=[^;]*/, ''))
  return [status, known.status, (await ask('GET', {})).status, ...attributes]
}

async function onFastify(sessions: Sessions): Promise<Ask> {
  const { plugin, requireAuth, session } = fastifyAuth({ sessions })
  const app = fastify()
  await app.register(plugin)
  app.get('/me', { onRequest: requireAuth() }, async () => ({}))
  app.post('/me', (_request, reply) => session.start(reply, { sub: 'u1' }))
  return async (method, headers) => {
    const { statusCode, headers: fields } = await app.inject({ method, url: '/me', headers })
    return { status: statusCode, cookies: [fields['set-cookie'] ?? []].flat() }
  }
}

async function onExpress(sessions: Sessions): Promise<Ask> {
  const { requireAuth, session } = expressAuth({ sessions })
  const app = express()
  app.get('/me', requireAuth(), (_request, response) => void response.json({}))
  app.post('/me', (_request, response) => void session.start(response, { sub: 'u1' }))
  const server = await new Promise<Server>((resolve) => {
    const listening: Server = app.listen(0, '127.0.0.1', () => resolve(listening))
  })
  server.unref()
  return async (method, headers) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/me`
    const response = await fetch(url, { method, headers: { ...headers, connection: 'close' } })
    return { status: response.status, cookies: response.headers.getSetCookie() }
  }
}

async function onHono(sessions: Sessions): Promise<Ask> {
  const { requireAuth, session } = honoAuth({ sessions })
  const app = new Hono()
  app.get('/me', requireAuth(), (c) => c.json({}))
  app.post('/me', (c) => session.start(c, { sub: 'u1' }))
  return async (method, headers) => {
    const response = await app.request('/me', { method, headers })
    return { status: response.status, cookies: response.headers.getSetCookie() }
  }
}

async function main(): Promise<void> {
  const options = { issuer: 'https://app.example', audience: 'https://app.example' }
  const sessions = createSessions({ keyring: await createKeyring(), ...options })
  const answers = {
    fastify: await visit(await onFastify(sessions)),
    express: await visit(await onExpress(sessions)),
    hono: await visit(await onHono(sessions)),
  }
  process.stdout.write(JSON.stringify({ stores: Object.keys(stores), answers }))
}

void main()
