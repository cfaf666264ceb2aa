import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describeGuards, securitySchemesOf } from '@latchkey/core/openapi'
import { expressAuth } from '@latchkey/express'
import express, { type RequestHandler } from 'express'
import { expect, test } from 'vitest'
import { compare, verifier } from './compare.js'

test('Express: a document by hand says of every operation what the server does', async () => {
  const { requireAuth, optionalAuth } = expressAuth({ verifier })
  const guards = {
    me: requireAuth(),
    greeting: optionalAuth({ scope: 'greet' }),
    posts: requireAuth({ anyScope: 'posts:write posts:admin', role: 'editor' }),
    // Two for one route: both have to hold.
    admin: [requireAuth({ scope: 'admin' }), requireAuth({ check: ({ claims }) => claims['tenant'] === 'acme' })],
  }
  const app = express()
  const ok: RequestHandler = (_req, res) => void res.json({})
  for (const [name, guard] of Object.entries(guards)) app.post(`/${name}`, guard, ok)
  const operation = (guard: object) => {
    const { security, responses } = describeGuards(guard, { method: 'post' })
    return { post: { security, responses: { 200: { description: 'Done' }, ...responses } } }
  }
  const document = {
    openapi: '3.1.0',
    info: { title: 'Posts', version: '1' },
    components: { securitySchemes: securitySchemesOf(verifier) },
    paths: Object.fromEntries(Object.entries(guards).map(([name, guard]) => [`/${name}`, operation(guard)])),
  }
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const answers = await compare(document, (path, init) => fetch(`${url}${path}`, init)).finally(() => server.close())
  expect(answers).toEqual({
    'POST /me': { nobody: 401, tooLittle: 200 },
    'POST /greeting': { nobody: 200, tooLittle: 403 },
    'POST /posts': { nobody: 401, tooLittle: 403 },
    'POST /admin': { nobody: 401, tooLittle: 403 },
  })
})
