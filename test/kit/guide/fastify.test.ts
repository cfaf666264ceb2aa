import { createVerifier } from '@latchkey/core'
import { fastifyAuth } from '@latchkey/fastify'
import { createTestIssuer } from '@latchkey/testing'
import Fastify from 'fastify'
import { expect, it } from 'vitest'

it('lets a known caller in, and refuses an expired token', async () => {
  const issuer = createTestIssuer()
  const verifier = createVerifier({ issuer: issuer.url, audience: issuer.audience, fetch: issuer.fetch })
  const { plugin, requireAuth, getAuth } = fastifyAuth({ verifier })
  const app = Fastify()
  await app.register(plugin)
  app.get('/me', { onRequest: requireAuth() }, async (request) => ({ sub: getAuth(request).claims['sub'] }))
  const me = (token: string) => app.inject({ url: '/me', headers: { authorization: `Bearer ${token}` } })
  expect((await me(issuer.token())).json()).toEqual({ sub: 'user-1' })
  expect((await me(issuer.badToken('expired').token)).statusCode).toBe(401)
})
