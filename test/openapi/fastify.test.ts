import fastifySwagger from '@fastify/swagger'
import { type FastifyGuard, fastifyAuth } from '@latchkey/fastify'
import { documentGuards } from '@latchkey/fastify/openapi'
import { type FastifyPluginAsync, fastify } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compare, verifier } from './compare.js'

/** A plugin that shares the context of whoever registers it, as `fastify-plugin` makes them. */
function forEditors(guard: FastifyGuard): FastifyPluginAsync {
  const plugin: FastifyPluginAsync = async (app) => void app.addHook('preHandler', guard)
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true })
}

describe.each(['3.0.3', '3.1.0'])('OpenAPI %s', (version) => {
  const app = fastify()
  const { plugin, requireAuth, optionalAuth, requireSameOrigin } = fastifyAuth({ verifier })

  beforeAll(async () => {
    await app.register(fastifySwagger, {
      openapi: { openapi: version, info: { title: 'Posts', version: '1' } },
      transform: documentGuards(app),
    })
    await app.register(plugin)
    const ok = async () => ({ ok: true })
    const described = { type: 'object', properties: { ok: { type: 'boolean' } } }
    app.get('/public', ok)
    app.get('/me', { onRequest: requireAuth() }, ok)
    app.get('/greeting', { onRequest: optionalAuth() }, ok)
    app.post('/form', { onRequest: requireSameOrigin() }, ok)
    app.post('/posts', { preHandler: [requireAuth({ anyScope: 'posts:write posts:admin' })] }, ok)
    // Before and after the hook: Fastify runs it for both.
    await app.register(async (child) => {
      child.get('/admin/before/:id', ok)
      child.addHook('onRequest', requireAuth({ scope: 'admin' }))
      child.get('/admin/after', { onRequest: requireAuth({ check: ({ claims }) => claims['tenant'] === 'acme' }) }, ok)
      await child.register(async (grandchild) => {
        grandchild.delete('/admin/deep', ok)
      })
    })
    // By a plugin's hook, for all that follow in its context.
    await app.register(async (child) => {
      await child.register(forEditors(requireAuth({ role: 'editor' })))
      child.get('/editor', { schema: { response: { 200: described } } }, ok)
    })
    await app.ready()
  })
  afterAll(() => app.close())

  test('names the schemes, and scopes where the version has a place for them', () => {
    const scopes = version === '3.1.0' ? ['admin'] : []
    const security = [{ bearer: scopes }, { openIdConnect: ['admin'] }, { 'cookie.__Host-access': scopes }]
    const success = { description: 'Default Response' }
    expect(app.swagger()).toMatchObject({
      components: { securitySchemes: { bearer: {}, openIdConnect: {}, 'cookie.__Host-access': {} } },
      paths: {
        '/admin/after': { get: { security } },
        '/me': { get: { responses: { 200: success } } },
        '/editor': { get: { responses: { 200: { content: { 'application/json': {} } } } } },
      },
    })
  })

  test('is valid and says of every operation what the server does', async () => {
    const answers = await compare({ ...app.swagger() }, async (url, { method, headers }) => {
      const answer = await app.inject({ url, method: method as 'GET', headers })
      return new Response(answer.body, { status: answer.statusCode, headers: answer.headers as Record<string, string> })
    })
    expect(answers).toEqual({
      'GET /public': { nobody: 200, tooLittle: 200 },
      'GET /me': { nobody: 401, tooLittle: 200 },
      'GET /greeting': { nobody: 200, tooLittle: 200 },
      'POST /form': { nobody: 200, tooLittle: 200 },
      'POST /posts': { nobody: 401, tooLittle: 403 },
      'GET /admin/before/{id}': { nobody: 401, tooLittle: 403 },
      'GET /admin/after': { nobody: 401, tooLittle: 403 },
      'DELETE /admin/deep': { nobody: 401, tooLittle: 403 },
      'GET /editor': { nobody: 401, tooLittle: 403 },
    })
  })
})
