import 'reflect-metadata'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createVerifier, type RequirementOptions } from '@latchkey/core'
import { expressAuth } from '@latchkey/express'
import { fastifyAuth } from '@latchkey/fastify'
import { fetchAuth } from '@latchkey/fetch'
import { honoAuth } from '@latchkey/hono'
import { LatchkeyModule, type PlatformAuth, RequireAuth } from '@latchkey/nest'
import { createTestIssuer } from '@latchkey/testing'
import { type ArgumentsHost, Controller, Get, Module } from '@nestjs/common'
import { type AbstractHttpAdapter, BaseExceptionFilter, HttpAdapterHost, NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import express, { type ErrorRequestHandler, type RequestHandler } from 'express'
import { fastify } from 'fastify'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'

// What an app's own check throws is the app's error: it reaches the framework's error handler as it is, and nobody passes.

const issuer = createTestIssuer()
const verifier = createVerifier({ issuer: issuer.url, audience: issuer.audience, jwks: issuer.jwks() })
const headers = { authorization: `Bearer ${issuer.token()}` }
const own = new Error("the app's own")

type Check = NonNullable<RequirementOptions['check']>
type Ask = (check: Check) => Promise<{ readonly status: number; readonly caught: unknown }>

/** A controller under that check, and a filter as the app would have it. */
async function askNest(check: Check, auth: PlatformAuth, adapter: AbstractHttpAdapter): ReturnType<Ask> {
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
  const { status } = await fetch(await app.getUrl(), { headers })
  await app.close()
  return { status, caught }
}

const asks: Readonly<Record<string, Ask>> = {
  Fastify: async (check) => {
    let caught: unknown
    const { plugin, requireAuth } = fastifyAuth({ verifier })
    const app = fastify()
    app.setErrorHandler((error, _request, reply) => {
      caught = error
      return reply.code(500).send()
    })
    await app.register(plugin)
    app.get('/', { onRequest: requireAuth({ check }) }, async () => 'passed')
    const { statusCode } = await app.inject({ url: '/', headers })
    return { status: statusCode, caught }
  },
  Express: async (check) => {
    let caught: unknown
    const failed: ErrorRequestHandler = (error, _req, res, _next) => {
      caught = error
      res.status(500).end()
    }
    const passed: RequestHandler = (_req, res) => void res.end('passed')
    const app = express().get('/', expressAuth({ verifier }).requireAuth({ check }), passed).use(failed)
    const server: Server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { status } = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { headers })
    server.close()
    return { status, caught }
  },
  Hono: async (check) => {
    let caught: unknown
    const app = new Hono().get('/', honoAuth({ verifier }).requireAuth({ check }), (c) => c.text('passed'))
    app.onError((error, c) => {
      caught = error
      return c.text('', 500)
    })
    const { status } = await app.request('/', { headers })
    return { status, caught }
  },
  Fetch: async (check) => {
    const handler = fetchAuth({ verifier }).requireAuth({ check })(() => new Response('passed'))
    try {
      const { status } = await handler(new Request('https://api.example/', { headers }))
      return { status, caught: undefined }
    } catch (error) {
      return { status: 500, caught: error }
    }
  },
  'Nest on Express': (check) => askNest(check, expressAuth({ verifier }), new ExpressAdapter()),
  'Nest on Fastify': (check) => askNest(check, fastifyAuth({ verifier }), new FastifyAdapter()),
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
    const { status, caught } = await ask(check)
    expect([status, caught]).toEqual([500, own])
    expect(caught).toBe(own)
  })

  test('answers yes lets pass', async () => {
    expect(await ask(async () => true)).toEqual({ status: 200, caught: undefined })
  })
})
