import { createVerifier } from '@latchkey/core'
import { createTestIssuer } from '@latchkey/testing'
import { createTRPCClient, httpBatchLink, TRPCClientError } from '@trpc/client'
import { describe, expect, test } from 'vitest'
import { serveFastify, serveFetch, serveNode } from '../serve.js'
import { createApp as createExpressApp } from './express.js'
import { createApp as createFastifyApp } from './fastify.js'
import { createApp as createHonoApp } from './hono.js'
import type { AppRouter } from './router.js'

const issuer = createTestIssuer()
const verifier = createVerifier({ issuer: issuer.url, audience: issuer.audience, fetch: issuer.fetch })
const alice = { authorization: `Bearer ${issuer.token({ claims: { sub: 'alice', scope: 'posts:read' } })}` }
const author = { authorization: `Bearer ${issuer.token({ claims: { sub: 'alice', scope: 'posts:write' } })}` }

const urls = {
  Hono: await serveFetch(createHonoApp(verifier)),
  Express: await serveNode(createExpressApp(verifier)),
  Fastify: await serveFastify(await createFastifyApp(verifier)),
}

describe.each(Object.entries(urls))('%s', (_name, url) => {
  const clientOf = (headers: Record<string, string>) =>
    createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${url}/trpc`, headers })] })

  const refused = async (call: Promise<unknown>) => {
    const error: unknown = await call.catch((thrown) => thrown)
    return error instanceof TRPCClientError ? error.data : error
  }

  test('each caller gets what is his', async () => {
    expect(await clientOf({}).greeting.query()).toBe('Hello, stranger')
    expect(await clientOf(alice).greeting.query()).toBe('Hello, alice')
    expect(await clientOf(alice).me.query()).toEqual({ sub: 'alice' })
    expect(await clientOf(author).publish.mutate()).toEqual({ author: 'alice' })
  })

  test('nobody, and somebody with too little, get the error of tRPC', async () => {
    expect(await refused(clientOf({}).me.query())).toMatchObject({ code: 'UNAUTHORIZED', httpStatus: 401 })
    expect(await refused(clientOf({}).publish.mutate())).toMatchObject({ code: 'UNAUTHORIZED', httpStatus: 401 })
    expect(await refused(clientOf(alice).publish.mutate())).toMatchObject({ code: 'FORBIDDEN', httpStatus: 403 })
  })

  test('of one batch, what needs nobody is answered', async () => {
    const client = clientOf({})
    const answers = await Promise.allSettled([client.greeting.query(), client.me.query()])
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  })

  test('a bad token is refused before tRPC, also where none is needed', async () => {
    const headers = { authorization: `Bearer ${issuer.badToken('expired').token}` }
    const response = await fetch(`${url}/trpc/greeting`, { headers })
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
    expect(await response.json()).toMatchObject({ status: 401, code: 'token_expired' })
    expect(await refused(clientOf(headers).greeting.query())).toBeUndefined()
  })
})
