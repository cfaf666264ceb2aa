import awsLambdaFastify from '@fastify/aws-lambda'
import { createVerifier, type Verifier } from '@latchkey/core'
import { fastifyAuth } from '@latchkey/fastify'
import { honoAuth } from '@latchkey/hono'
import { createTestIssuer } from '@latchkey/testing'
import type { Context } from 'aws-lambda'
import { fastify } from 'fastify'
import { Hono } from 'hono'
import { handle } from 'hono/aws-lambda'
import { expect, test } from 'vitest'
import { topics } from '../conformance/cases/all.js'
import { parser } from '../conformance/cases/parser.js'
import { sockets } from '../conformance/cases/sockets.js'
import { testTopics } from '../conformance/harness/test-topics.js'
import { eventV2 } from '../contract/lambda-events.js'

// A gateway parses HTTP itself, and has another service for sockets.
testTopics(
  topics.filter((topic) => topic !== parser && topic !== sockets),
  ['lambda-v1-fastify', 'lambda-v1-hono', 'lambda-v2-fastify', 'lambda-v2-hono'],
)

const issuer = createTestIssuer()

const shims: Record<string, (verifier: Verifier) => Promise<(event: object) => Promise<unknown>>> = {
  "Hono's": async (verifier) => {
    const { requireAuth } = honoAuth({ verifier })
    const app = new Hono().get('/me', requireAuth(), (c) => c.json(c.var.auth.claims))
    const invoke = handle(app)
    return (event) => invoke(event as Parameters<typeof invoke>[0])
  },
  "Fastify's": async (verifier) => {
    const { plugin, requireAuth, getAuth } = fastifyAuth({ verifier })
    const app = fastify({ trustProxy: true })
    await app.register(plugin)
    app.get('/me', { onRequest: requireAuth() }, async (request) => getAuth(request).claims)
    const invoke = awsLambdaFastify(app)
    return (event) => invoke(event, {} as Context)
  },
}

test.each(Object.entries(shims))(
  '%s shim: a cold start with a seed verifies at once, nothing is fetched',
  async (_name, start) => {
    const { keys } = await (await issuer.fetch(issuer.jwksUri)).json()
    let fetches = 0
    const verifier = createVerifier({
      issuer: issuer.url,
      audience: issuer.audience,
      jwksUri: issuer.jwksUri,
      keySet: { seed: { keys } },
      fetch: async () => {
        fetches++
        return new Promise<Response>(() => {})
      },
    })
    const invoke = await start(verifier)
    const fields = [
      ['host', 'api.example'],
      ['authorization', `Bearer ${issuer.token({ claims: { sub: 'alice' } })}`],
    ] as const
    const event = eventV2({ method: 'GET', path: '/me', query: '', fields, body: Buffer.alloc(0) })
    expect(await invoke(event)).toMatchObject({ statusCode: 200 })
    expect(verifier.stats().keyFetches.ok).toBe(0)
    expect(fetches).toBeLessThanOrEqual(1)
  },
)
