import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createVerifier } from '@latchkey/core'
import { expressAuth } from '@latchkey/express'
import { createTestIssuer } from '@latchkey/testing'
import express from 'express'
import { expect, it } from 'vitest'

it('lets a known caller in, and refuses an expired token', async () => {
  const issuer = createTestIssuer()
  const verifier = createVerifier({ issuer: issuer.url, audience: issuer.audience, fetch: issuer.fetch })
  const { requireAuth, getAuth } = expressAuth({ verifier })
  const app = express().get('/me', requireAuth(), (req, res) => void res.json({ sub: getAuth(req).claims['sub'] }))
  const server = app.listen(0, '127.0.0.1').unref()
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/me`
  const me = (token: string) => fetch(url, { headers: { authorization: `Bearer ${token}` } })
  expect(await (await me(issuer.token())).json()).toEqual({ sub: 'user-1' })
  expect((await me(issuer.badToken('expired').token)).status).toBe(401)
})
