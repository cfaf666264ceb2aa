import { createMtls, createVerifier } from '@latchkey/core'
import { honoAuth } from '@latchkey/hono'
import { createTestAuthority, createTestIssuer } from '@latchkey/testing'
import { Hono } from 'hono'
import { expect, it } from 'vitest'

it('lets a client in that holds the certificate of its token', async () => {
  const [issuer, authority] = [createTestIssuer(), createTestAuthority()]
  const { url, audience, fetch } = issuer
  const mtls = createMtls({ from: { header: 'client-cert' } })
  const { requireAuth } = honoAuth({ verifier: createVerifier({ issuer: url, audience, fetch, mtls }) })
  const app = new Hono().get('/me', requireAuth(), (c) => c.text(`${c.var.auth.claims['sub']}`))
  const [client, other] = [authority.issue(), authority.issue()]
  const authorization = `Bearer ${issuer.token({ claims: { cnf: client.cnf } })}`
  const me = (clientCert: string) => app.request('/me', { headers: { authorization, 'client-cert': clientCert } })
  expect((await me(client.clientCert)).status).toBe(200)
  expect((await me(other.clientCert)).status).toBe(401)
})
