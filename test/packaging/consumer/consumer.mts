// What an app outside the workspace writes. The packaging test compiles and runs it as an ES module and, under the
// name consumer.cts, as CommonJS.
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createVerifier } from '@latchkey/core'
import { expressAuth } from '@latchkey/express'
import { fastifyAuth } from '@latchkey/fastify'
import { honoAuth } from '@latchkey/hono'
import express from 'express'
import { fastify } from 'fastify'
import { Hono } from 'hono'

const [secret = '', token = ''] = process.argv.slice(2)
const verifier = createVerifier({ issuer: 'https://id.example', audience: 'https://api.example', secret })
const authorized: Record<string, string> = { authorization: `Bearer ${token}` }

async function fastifyStatuses(): Promise<number[]> {
  const { plugin, requireAuth, getAuth } = fastifyAuth({ verifier })
  const app = fastify()
  await app.register(plugin)
  app.get('/me', { onRequest: requireAuth() }, async (request) => ({ sub: getAuth(request).claims.sub }))
  const answers = [await app.inject('/me'), await app.inject({ url: '/me', headers: authorized })]
  return answers.map((answer) => answer.statusCode)
}

async function expressStatuses(): Promise<number[]> {
  const { requireAuth, getAuth } = expressAuth({ verifier })
  const app = express()
  app.get('/me', requireAuth(), (request, response) => {
    response.json({ sub: getAuth(request).claims.sub })
  })
  const server = await new Promise<Server>((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening))
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/me`
  const answers = [await fetch(url), await fetch(url, { headers: authorized })]
  server.closeAllConnections()
  server.close()
  return answers.map((answer) => answer.status)
}

async function honoStatuses(): Promise<number[]> {
  const { requireAuth } = honoAuth({ verifier })
  const app = new Hono()
  app.get('/me', requireAuth(), (c) => c.json({ sub: c.var.auth.claims.sub }))
  const answers = [await app.request('/me'), await app.request('/me', { headers: authorized })]
  return answers.map((answer) => answer.status)
}

async function main(): Promise<void> {
  const statuses = {
    fastify: await fastifyStatuses(),
    express: await expressStatuses(),
    hono: await honoStatuses(),
  }
  process.stdout.write(JSON.stringify(statuses))
}

void main()
