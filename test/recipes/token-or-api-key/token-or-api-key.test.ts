import { createVerifier } from '@latchkey/core'
import { createTestIssuer } from '@latchkey/testing'
import { describe, expect, test } from 'vitest'
import { serveFastify, serveFetch, serveNode } from '../serve.js'
import { createClientOf, hashKey } from './api-keys.js'
import { createApp as createExpressApp } from './express.js'
import { createApp as createFastifyApp } from './fastify.js'
import { createApp as createHonoApp } from './hono.js'

const issuer = createTestIssuer()
const verifier = createVerifier({ issuer: issuer.url, audience: issuer.audience, fetch: issuer.fetch })
const key = 'a key of thirty-two random bytes'
const clientOf = createClientOf(new Map([[hashKey(key), 'nightly-export']]))
const bearer = (scope: string) => `Bearer ${issuer.token({ claims: { sub: 'alice', scope } })}`

const urls = {
  Hono: await serveFetch(createHonoApp(verifier, clientOf)),
  Express: await serveNode(createExpressApp(verifier, clientOf)),
  Fastify: await serveFastify(await createFastifyApp(verifier, clientOf)),
}

describe.each(Object.entries(urls))('%s', (_name, url) => {
  const reports = (headers: Record<string, string>) => fetch(`${url}/reports`, { headers })

  test.each([
    ['a key', { 'x-api-key': key }, 'nightly-export'],
    ['a token', { authorization: bearer('reports') }, 'alice'],
    ['a key, whatever the token is', { 'x-api-key': key, authorization: 'Bearer ?' }, 'nightly-export'],
    ['a token beside a wrong key', { 'x-api-key': 'guessed', authorization: bearer('reports') }, 'alice'],
  ])('lets %s in', async (_what, headers, caller) => {
    const response = await reports(headers)
    expect([response.status, await response.json()]).toEqual([200, { caller }])
  })

  test.each([
    ['neither', {}, 401, 'token_missing'],
    ['a wrong key', { 'x-api-key': 'guessed' }, 401, 'token_missing'],
    ['an empty key', { 'x-api-key': '' }, 401, 'token_missing'],
    ['a key twice', { 'x-api-key': `${key}, ${key}` }, 401, 'token_missing'],
    ['a bad token', { authorization: `Bearer ${issuer.badToken('expired').token}` }, 401, 'token_expired'],
    ['a token without the scope', { authorization: bearer('other') }, 403, 'scope_insufficient'],
  ])('refuses %s as the guard does', async (_what, headers, status, code) => {
    const response = await reports(headers)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/)
    expect(await response.json()).toMatchObject({ status, code })
  })
})
