import { createTestIssuer } from '@latchkey/testing'
import { afterAll, expect, test } from 'vitest'
import { createApp } from './app.js'

const issuer = await createTestIssuer().listen()
const app = await createApp({ ISSUER: issuer.url, AUDIENCE: issuer.audience })
const url = await app.listen({ port: 0, host: '127.0.0.1' })
afterAll(async () => {
  await app.close()
  await issuer.close()
})

const bearer = (claims: object) => ({ headers: { authorization: `Bearer ${issuer.token({ claims: { ...claims } })}` } })
const alice = { sub: 'alice', email: 'alice@example.com' }

test('everybody may see the public routes', async () => {
  expect(await (await fetch(`${url}/`)).json()).toEqual({ hello: 'world' })
  expect(await (await fetch(`${url}/greeting`)).json()).toEqual({ hello: 'stranger' })
  expect(await (await fetch(`${url}/greeting`, bearer(alice))).json()).toEqual({ hello: 'alice@example.com' })
})

test('a guarded route wants a token, with the claims that the app relies on', async () => {
  expect((await fetch(`${url}/me`)).status).toBe(401)
  expect((await fetch(`${url}/me`, bearer({ sub: 'alice' }))).status).toBe(401)
  expect(await (await fetch(`${url}/me`, bearer(alice))).json()).toEqual({ email: 'alice@example.com' })
})

test('a bad token is refused, also where none is needed', async () => {
  // Node itself answers 431 to header fields of more than 16 KiB.
  const sendable = issuer.badTokens({ claims: alice }).filter(({ token }) => token.length < 16_000)
  for (const { token, code } of sendable) {
    const response = await fetch(`${url}/greeting`, { headers: { authorization: `Bearer ${token}` } })
    expect(await response.json()).toMatchObject({ code })
  }
})

test('a scope opens its routes', async () => {
  const post = (scope: string) => fetch(`${url}/posts`, { method: 'POST', ...bearer({ ...alice, scope }) })
  expect((await post('posts:read')).status).toBe(403)
  const created = await post('posts:read posts:write')
  expect([created.status, await created.json()]).toEqual([201, { author: 'alice' }])
})
