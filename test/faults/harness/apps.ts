import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Verifier } from '@latchkey/core'
import { expressAuth } from '@latchkey/express'
import { fastifyAuth } from '@latchkey/fastify'
import { honoAuth } from '@latchkey/hono'
import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'

/** The frameworks, in the order of the answers. */
const frameworks = ['fastify', 'express', 'hono'] as const

/** What an app answered to a token. */
export interface Answer {
  readonly framework: (typeof frameworks)[number]
  readonly status: number
  /** The problem's `code`; undefined where there is none. */
  readonly code: string | undefined
  /** The Retry-After field, in seconds. */
  readonly retryAfter: number | undefined
  /** The WWW-Authenticate field. */
  readonly challenge: string | undefined
}

/** One app per framework, each on a port of its own, all guarded by one verifier. */
export interface Apps {
  /** Requests `/me` of each framework's app at the same time. */
  ask(token: string): Promise<readonly Answer[]>
  /** Requests `/me` of one app; the next call asks the next one. */
  askNext(token: string): Promise<Answer>
  /** Requests that have arrived at the three apps. */
  readonly arrived: number
  close(): Promise<void>
}

/** Starts the three apps. */
export async function serveApps(verifier: Verifier): Promise<Apps> {
  const servers = [await fastifyServer(verifier), expressServer(verifier), honoServer(verifier)]
  const urls = await Promise.all(servers.map(listen))
  let [arrived, turn] = [0, 0]
  for (const server of servers) server.on('request', () => arrived++)
  const askOne = async (index: number, token: string): Promise<Answer> => {
    const response = await fetch(urls[index] ?? '', { headers: { authorization: `Bearer ${token}` } })
    return readAnswer(frameworks[index] ?? 'fastify', response)
  }
  return {
    ask: (token) => Promise.all(frameworks.map((_, index) => askOne(index, token))),
    askNext: (token) => askOne(turn++ % frameworks.length, token),
    get arrived() {
      return arrived
    },
    close: async () => void (await Promise.all(servers.map(close))),
  }
}

async function fastifyServer(verifier: Verifier): Promise<Server> {
  const { plugin, requireAuth } = fastifyAuth({ verifier })
  const app = Fastify()
  await app.register(plugin)
  app.get('/me', { onRequest: requireAuth() }, async () => ({ ok: true }))
  await app.ready()
  return app.server
}

function expressServer(verifier: Verifier): Server {
  const { requireAuth } = expressAuth({ verifier })
  return createServer(express().get('/me', requireAuth(), (_, response) => void response.json({ ok: true })))
}

function honoServer(verifier: Verifier): Server {
  const { requireAuth } = honoAuth({ verifier })
  const app = new Hono().get('/me', requireAuth(), (c) => c.json({ ok: true }))
  return createServer(getRequestListener(app.fetch))
}

async function readAnswer(framework: Answer['framework'], response: Response): Promise<Answer> {
  const body = (await response.json()) as { readonly code?: string }
  const retryAfter = response.headers.get('retry-after')
  return {
    framework,
    status: response.status,
    code: body.code,
    retryAfter: retryAfter === null ? undefined : Number(retryAfter),
    challenge: response.headers.get('www-authenticate') ?? undefined,
  }
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/me`))
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
