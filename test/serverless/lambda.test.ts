import awsLambdaFastify from '@fastify/aws-lambda'
import { createVerifier, type Verifier } from '@latchkey/core'
import { fastifyAuth } from '@latchkey/fastify'
import { honoAuth } from '@latchkey/hono'
import { createTestIssuer } from '@latchkey/testing'
import type { Context } from 'aws-lambda'
import { fastify } from 'fastify'
import { Hono } from 'hono'
import { handle } from 'hono/aws-lambda'
import { describe, expect, test } from 'vitest'
import { eventV1, eventV2, type Request } from './events.js'

const domain = 'api.example'
const issuer = createTestIssuer()
const tokenFrom = ['header', { cookie: '__Host-access' }] as const

interface Answer {
  readonly statusCode: number
  readonly headers?: Readonly<Record<string, unknown>>
  readonly body: string
}

/** What AWS calls: with an event, and a context that nobody here looks at. */
type Invoke = (event: object) => Promise<Answer>

const shims: Record<string, (verifier: Verifier) => Promise<Invoke>> = {
  "Hono's": async (verifier) => {
    const { requireAuth } = honoAuth({ verifier })
    const app = new Hono().on(['GET', 'POST'], '/me', requireAuth({ scope: 'read' }), (c) => c.json(c.var.auth.claims))
    const invoke = handle(app)
    return (event) => invoke(event as Parameters<typeof invoke>[0]) as Promise<Answer>
  },
  "Fastify's": async (verifier) => {
    const { plugin, requireAuth, getAuth } = fastifyAuth({ verifier })
    const app = fastify({ trustProxy: true })
    await app.register(plugin)
    app.route({
      method: ['GET', 'POST'],
      url: '/me',
      onRequest: requireAuth({ scope: 'read' }),
      handler: async (request) => getAuth(request).claims,
    })
    const invoke = awsLambdaFastify(app)
    return (event) => invoke(event, {} as Context) as Promise<Answer>
  },
}

const token = issuer.token({ claims: { sub: 'alice', scope: 'read' } })
const bearer = (value: string) => ['authorization', `Bearer ${value}`] as const
const cookie = ['cookie', `a=b; __Host-access=${token}; c=d`] as const
const own = ['origin', `https://${domain}`] as const

const cases: readonly (readonly [string, Request, number, string?])[] = [
  ['nobody', { method: 'GET', fields: [] }, 401, 'token_missing'],
  ['a good token', { method: 'GET', fields: [bearer(token)] }, 200],
  ['an expired token', { method: 'GET', fields: [bearer(issuer.badToken('expired').token)] }, 401, 'token_expired'],
  [
    'a token of another audience',
    { method: 'GET', fields: [bearer(issuer.badToken('wrong_audience').token)] },
    401,
    'token_rejected',
  ],
  ['too little', { method: 'GET', fields: [bearer(issuer.token({}))] }, 403, 'scope_insufficient'],
  ['an empty credential', { method: 'GET', fields: [['authorization', 'Bearer ']] }, 400, 'request_malformed'],
  ['two tokens in two fields', { method: 'GET', fields: [bearer(token), bearer(token)] }, 400, 'token_repeated'],
  ['a header and a cookie', { method: 'GET', fields: [bearer(token), cookie] }, 400, 'token_repeated'],
  ['a cookie among others', { method: 'GET', fields: [cookie] }, 200],
  [
    'a cookie twice',
    { method: 'GET', fields: [['cookie', `__Host-access=${token}; __Host-access=x`]] },
    400,
    'token_repeated',
  ],
  ['a cookie, posted from the own origin', { method: 'POST', fields: [cookie, own] }, 200],
  [
    'a cookie, posted from another',
    { method: 'POST', fields: [cookie, ['origin', 'https://evil.example']] },
    403,
    'origin_rejected',
  ],
  [
    'a cookie, posted from http',
    { method: 'POST', fields: [cookie, ['origin', `http://${domain}`]] },
    403,
    'origin_rejected',
  ],
]

describe.each(Object.entries(shims))('%s shim for Lambda', (_name, start) => {
  describe.each([
    ['v1', eventV1],
    ['v2', eventV2],
  ] as const)('with events %s of API Gateway', (_version, eventOf) => {
    test.each(cases.map(([what, request, status, code]) => ({ what, request, status, code })))(
      '$what',
      async (each) => {
        const { request, status, code } = each
        const invoke = await start(
          createVerifier({ issuer: issuer.url, audience: issuer.audience, fetch: issuer.fetch, tokenFrom }),
        )
        const { statusCode, body } = await invoke(eventOf(domain, request))
        const answer = JSON.parse(body)
        expect([statusCode, answer.code]).toEqual([status, code])
        if (status === 200) expect(answer.sub).toBe('alice')
      },
    )
  })

  test('a cold start with a seed verifies at once: nothing is fetched', async () => {
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
    const { statusCode } = await invoke(eventV2(domain, { method: 'GET', fields: [bearer(token)] }))
    expect(statusCode).toBe(200)
    expect(verifier.stats().keyFetches.ok).toBe(0)
    expect(fetches).toBeLessThanOrEqual(1)
  })
})
