import { createVerifier } from '@latchkey/core'
import { honoAuth } from '@latchkey/hono'
import { createTestIssuer } from '@latchkey/testing'
import { Hono } from 'hono'
import { expect, it } from 'vitest'

it('lets a known caller in, and refuses an expired token', async () => {
  const issuer = createTestIssuer()
  const verifier = createVerifier({ issuer: issuer.url, audience: issuer.audience, fetch: issuer.fetch })
  const { requireAuth } = honoAuth({ verifier })
  const app = new Hono().get('/me', requireAuth(), (c) => c.json({ sub: c.var.auth.claims['sub'] }))
  const me = (token: string) => app.request('/me', { headers: { authorization: `Bearer ${token}` } })
  expect(await (await me(issuer.token())).json()).toEqual({ sub: 'user-1' })
  expect((await me(issuer.badToken('expired').token)).status).toBe(401)
})
