import { createVerifier } from '@latchkey/core'
import { createTestIssuer } from '@latchkey/testing'
import { beforeEach, expect, test } from 'vitest'
import { serveFastify } from '../serve.js'
import { createApp, type Users, UsersUnavailable } from './app.js'

const issuer = createTestIssuer()
const verifier = createVerifier({ issuer: issuer.url, audience: issuer.audience, fetch: issuer.fetch })

const asked: string[] = []
let rows: Record<string, { blocked: boolean }> | Error
const users: Users = {
  find: async (id) => {
    asked.push(id)
    if (rows instanceof Error) throw rows
    return rows[id]
  },
}
const url = await serveFastify(await createApp(verifier, users))

beforeEach(() => {
  asked.length = 0
  rows = { alice: { blocked: false } }
})

const call = (path: string, token: string, method = 'GET') =>
  fetch(`${url}${path}`, { method, headers: { authorization: `Bearer ${token}` } })
const alice = issuer.token({ claims: { sub: 'alice' } })

test('a user who is blocked is out at once, with a token that was good a moment ago', async () => {
  expect((await call('/me', alice)).status).toBe(200)
  rows = { alice: { blocked: true } }
  const response = await call('/me', alice)
  expect([response.status, response.headers.has('www-authenticate')]).toEqual([403, false])
  expect(await response.json()).toMatchObject({ code: 'access_denied' })
  rows = { alice: { blocked: false } }
  expect((await call('/me', alice)).status).toBe(200)
  expect(asked).toEqual(['alice', 'alice', 'alice'])
})

test.each([
  ['whom the table does not know', { sub: 'mallory' }],
  ['without a subject', { sub: undefined }],
])('a user %s is refused', async (_who, claims) => {
  expect(await (await call('/me', issuer.token({ claims }))).json()).toMatchObject({ code: 'access_denied' })
})

test('the database is not asked about a bad token, or one that lacks the scope', async () => {
  expect((await call('/me', issuer.badToken('expired').token)).status).toBe(401)
  expect(await (await call('/posts', alice, 'DELETE')).json()).toMatchObject({ code: 'scope_insufficient' })
  expect(asked).toEqual([])
})

test('an outage of the database is a 503 and signs nobody out', async () => {
  rows = new UsersUnavailable('connection refused')
  const response = await call('/me', alice)
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
  expect(response.headers.has('www-authenticate')).toBe(false)
})

test('a fault of the app stays a 500', async () => {
  rows = new TypeError('a bug')
  expect((await call('/me', alice)).status).toBe(500)
})
