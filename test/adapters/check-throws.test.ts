import 'reflect-metadata'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createDpop, createVerifier, type RequirementOptions } from '@latchkey/core'
import { expressAuth } from '@latchkey/express'
import { fastifyAuth } from '@latchkey/fastify'
import { fetchAuth } from '@latchkey/fetch'
import { honoAuth } from '@latchkey/hono'
import { LatchkeyModule, type PlatformAuth, RequireAuth } from '@latchkey/nest'
import { createManualClock, createTestIssuer } from '@latchkey/testing'
import { type ArgumentsHost, Controller, Get, Module } from '@nestjs/common'
import { type AbstractHttpAdapter, BaseExceptionFilter, HttpAdapterHost, NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import express, { type ErrorRequestHandler, type RequestHandler } from 'express'
import { fastify } from 'fastify'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'

// What an app's own check throws is the app's error: it reaches the framework's error handler as it is, and nobody passes.

const clock = createManualClock()
const issuer = createTestIssuer({ clock })
const publicOrigin = 'https://api.example'
const nonce = { secrets: [randomBytes(32)], step: 60 }
const verifier = createVerifier({
  issuer: issuer.url,
  audience: issuer.audience,
  jwks: issuer.jwks(),
  clock,
  dpop: createDpop({ publicOrigin, nonce }),
})
const bearer = { authorization: `Bearer ${issuer.token()}` }
const own = new Error("the app's own")

type Check = NonNullable<RequirementOptions['check']>
type Headers = Readonly<Record<string, string>>
/** Sends a request to a route with that check: its status, what the app's error handler got, and the nonce that came along. */
type Ask = (check: Check, headers: Headers) => Promise<{ status: number; caught: unknown; nonce: unknown }>

/** A controller under that check, and a filter as the app would have it. */
async function askNest(
  check: Check,
  headers: Headers,
  auth: PlatformAuth,
  adapter: AbstractHttpAdapter,
): ReturnType<Ask> {
  let caught: unknown
  class Filter extends BaseExceptionFilter {
    override catch(error: unknown, host: ArgumentsHost): void {
      caught = error
      super.catch(error, host)
    }
  }
  @Controller()
  @RequireAuth({ check })
  class Api {
    @Get()
    passed(): string {
      return 'passed'
    }
  }
  @Module({ imports: [LatchkeyModule.forRoot(auth)], controllers: [Api] })
  class AppModule {}
  const app = await NestFactory.create(AppModule, adapter, { logger: false })
  app.useGlobalFilters(new Filter(app.get(HttpAdapterHost).httpAdapter))
  await app.listen(0, '127.0.0.1')
  const answer = await fetch(await app.getUrl(), { headers })
  await app.close()
  return { status: answer.status, caught, nonce: answer.headers.get('dpop-nonce') }
}

const asks: Readonly<Record<string, Ask>> = {
  Fastify: async (check, headers) => {
    let caught: unknown
    const { plugin, requireAuth } = fastifyAuth({ verifier })
    const app = fastify()
    app.setErrorHandler((error, _request, reply) => {
      caught = error
      return reply.code(500).send()
    })
    await app.register(plugin)
    app.get('/', { onRequest: requireAuth({ check }) }, async () => 'passed')
    const answer = await app.inject({ url: '/', headers })
    return { status: answer.statusCode, caught, nonce: answer.headers['dpop-nonce'] }
  },
  Express: async (check, headers) => {
    let caught: unknown
    const failed: ErrorRequestHandler = (error, _req, res, _next) => {
      caught = error
      res.status(500).end()
    }
    const passed: RequestHandler = (_req, res) => void res.end('passed')
    const app = express().get('/', expressAuth({ verifier }).requireAuth({ check }), passed).use(failed)
    const server: Server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { headers })
    server.close()
    return { status: answer.status, caught, nonce: answer.headers.get('dpop-nonce') }
  },
  Hono: async (check, headers) => {
    let caught: unknown
    const app = new Hono().get('/', honoAuth({ verifier }).requireAuth({ check }), (c) => c.text('passed'))
    app.onError((error, c) => {
      caught = error
      return c.text('', 500)
    })
    const answer = await app.request('/', { headers })
    return { status: answer.status, caught, nonce: answer.headers.get('dpop-nonce') }
  },
  Fetch: async (check, headers) => {
    const handler = fetchAuth({ verifier }).requireAuth({ check })(() => new Response('passed'))
    try {
      const answer = await handler(new Request('https://api.example/', { headers }))
      return { status: answer.status, caught: undefined, nonce: answer.headers.get('dpop-nonce') }
    } catch (error) {
      return { status: 500, caught: error, nonce: undefined }
    }
  },
  'Nest on Express': (check, headers) => askNest(check, headers, expressAuth({ verifier }), new ExpressAdapter()),
  'Nest on Fastify': (check, headers) => askNest(check, headers, fastifyAuth({ verifier }), new FastifyAdapter()),
}

describe.each(Object.entries(asks))('%s: a check that', (_name, ask) => {
  test.each<[string, Check]>([
    [
      'throws',
      () => {
        throw own
      },
    ],
    ['rejects', () => Promise.reject(own)],
  ])('%s', async (_how, check) => {
    const { status, caught } = await ask(check, bearer)
    expect([status, caught]).toEqual([500, own])
    expect(caught).toBe(own)
  })

  test('answers yes lets pass', async () => {
    expect(await ask(async () => true, bearer)).toMatchObject({ status: 200, caught: undefined })
  })
})

// Whoever calls a handler of Fetch's answers its errors, and has nothing to take the nonce from.
const answering = Object.entries(asks).filter(([name]) => name !== 'Fetch')

test.each(answering)('%s: the nonce that is due goes with the answer to a check that fails', async (_name, ask) => {
  const client = issuer.dpop()
  const token = client.token()
  const prove = (given = {}) => client.headers({ url: publicOrigin, token, ...given })
  const first = await ask(() => true, prove())
  expect(first.status).toBe(401)
  clock.advance(60)
  const failed = await ask(() => Promise.reject(own), prove({ nonce: first.nonce }))
  expect([failed.status, failed.caught]).toEqual([500, own])
  expect(failed.nonce).toMatch(/^[\w-]{43}$/)
  expect(failed.nonce).not.toBe(first.nonce)
})
