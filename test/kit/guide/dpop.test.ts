import { createDpop, createVerifier } from '@latchkey/core'
import { honoAuth } from '@latchkey/hono'
import { createTestIssuer } from '@latchkey/testing'
import { Hono } from 'hono'
import { expect, it } from 'vitest'

it('lets a client in that proves its key, once for each proof, and refuses the token alone', async () => {
  const issuer = createTestIssuer()
  const { url: iss, audience, fetch } = issuer
  const { requireAuth } = honoAuth({ verifier: createVerifier({ issuer: iss, audience, fetch, dpop: createDpop() }) })
  const app = new Hono().get('/me', requireAuth(), (c) => c.text(`${c.var.auth.claims['sub']}`))
  const [client, url] = [issuer.dpop(), 'https://api.test/me']
  const headers = client.headers({ url })
  expect((await app.request(url, { headers })).status).toBe(200)
  expect((await app.request(url, { headers })).status).toBe(401)
  expect((await app.request(url, { headers: { authorization: `Bearer ${client.token()}` } })).status).toBe(401)
})
