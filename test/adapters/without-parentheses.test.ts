import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createVerifier, protectedResource } from '@latchkey/core'
import { expressAuth } from '@latchkey/express'
import { fastifyAuth } from '@latchkey/fastify'
import { fetchAuth } from '@latchkey/fetch'
import { honoAuth } from '@latchkey/hono'
import express, { type ErrorRequestHandler } from 'express'
import { fastify } from 'fastify'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'

// Somebody wrote `requireAuth` where `requireAuth()` makes the guard. JavaScript calls it, and gets a guard that nobody calls.

const verifier = createVerifier({
  issuer: 'https://id.example',
  audience: 'https://api.example',
  secret: new Uint8Array(32),
  resource: protectedResource({ resource: 'https://api.example', authorizationServers: ['https://id.example'] }),
})
const names = ['requireAuth', 'optionalAuth', 'requireSameOrigin', 'resourceMetadata'] as const
type Name = (typeof names)[number]

/** Puts the function itself in front of a route, and gives what the app's error handler got. */
type Ask = (name: Name) => Promise<unknown>

const asks: Readonly<Record<string, Ask>> = {
  Fastify: async (name) => {
    let caught: unknown
    const auth = fastifyAuth({ verifier })
    const app = fastify()
    app.setErrorHandler((error, _request, reply) => {
      caught = error
      return reply.code(500).send()
    })
    await app.register(auth.plugin)
    app.get('/', { onRequest: auth[name] as never }, async () => 'passed')
    await app.inject('/')
    await app.close()
    return caught
  },
  Express: async (name) => {
    let caught: unknown
    const failed: ErrorRequestHandler = (error, _req, res, _next) => {
      caught = error
      res.status(500).end()
    }
    const app = express().get('/', expressAuth({ verifier })[name] as never, (_req, res) => void res.end('passed'))
    const server = app.use(failed).listen(0, '127.0.0.1')
    await once(server, 'listening')
    await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    server.close()
    return caught
  },
  Hono: async (name) => {
    let caught: unknown
    const app = new Hono().get('/', honoAuth({ verifier })[name] as never, (c) => c.text('passed'))
    app.onError((error, c) => {
      caught = error
      return c.text('', 500)
    })
    await app.request('/')
    return caught
  },
  Fetch: async (name) => {
    const make = fetchAuth({ verifier })[name] as (handler: () => Response) => unknown
    try {
      return make(() => new Response('passed'))
    } catch (error) {
      return error
    }
  },
}

describe.each(Object.entries(asks))('%s without the parentheses', (_framework, ask) => {
  test.each(names)(
    '%s says so, and nothing waits for ever',
    async (name) => {
      expect(await ask(name)).toMatchObject({
        name: 'ConfigError',
        message: expect.stringContaining(`write ${name}()`),
      })
    },
    10_000,
  )
})

test('requireSameOrigin and resourceMetadata take no options, and say so', () => {
  const auth = honoAuth({ verifier })
  const given = { trustedOrigins: ['https://app.example'] } as never
  for (const make of [auth.requireSameOrigin, auth.resourceMetadata] as readonly ((given: never) => unknown)[]) {
    expect(() => make(given)).toThrow(/takes no options/)
  }
})
