import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { honoAuth } from '@latchkey/hono'
import { documentGuards } from '@latchkey/hono/openapi'
import { Hono } from 'hono'
import { describeRoute, generateSpecs } from 'hono-openapi'
import { expect, test } from 'vitest'
import { compare, verifier } from './compare.js'

const { requireAuth, optionalAuth, requireSameOrigin } = honoAuth({ verifier })
const info = { title: 'Posts', version: '1' }
const responses = { 200: { description: 'Done' } }

test('hono-openapi: is valid and says of every operation what the server does', async () => {
  const described = describeRoute({ responses })
  const editors = new Hono().use(requireAuth({ role: 'editor' })).get('/posts', described, (c) => c.text('ok'))
  // With an error handler of its own, a part of an app is wrapped where it is mounted.
  editors.onError((_error, c) => c.text('', 500))
  const app = new Hono()
    .use('/admin/*', requireAuth({ scope: 'admin' }))
    .get('/public', described, (c) => c.text('ok'))
    .get('/me', requireAuth(), described, (c) => c.text('ok'))
    .get('/greeting', optionalAuth(), described, (c) => c.text('ok'))
    .post('/form', requireSameOrigin(), described, (c) => c.text('ok'))
    .post('/posts/:id{[0-9]+}', requireAuth({ anyScope: 'posts:write posts:admin' }), described, (c) => c.text('ok'))
    .get('/admin/:id', requireAuth({ check: ({ claims }) => claims['tenant'] === 'acme' }), described, (c) =>
      c.text('ok'),
    )
    .route('/editors', editors)
  const document = documentGuards(app, await generateSpecs(app, { documentation: { info } }))
  const answers = await compare({ ...document }, async (path, init) => app.request(path, init))
  expect(answers).toEqual({
    'GET /public': { nobody: 200, tooLittle: 200 },
    'GET /me': { nobody: 401, tooLittle: 200 },
    'GET /greeting': { nobody: 200, tooLittle: 200 },
    'POST /form': { nobody: 200, tooLittle: 200 },
    'POST /posts/{id}': { nobody: 401, tooLittle: 403 },
    'GET /admin/{id}': { nobody: 401, tooLittle: 403 },
    'GET /editors/posts': { nobody: 401, tooLittle: 403 },
  })
})

test.each(['3.0.3', '3.1.0'])('@hono/zod-openapi, OpenAPI %s: likewise', async (openapi) => {
  const app = new OpenAPIHono()
  app.use('/admin/*', requireAuth({ scope: 'admin' }))
  app.openapi(createRoute({ method: 'get', path: '/public', responses }), (c) => c.text('ok'))
  const middleware = requireAuth({ scope: 'posts:write' })
  app.openapi(createRoute({ method: 'post', path: '/posts/{id}', middleware, responses }), (c) => c.text('ok'))
  app.openapi(createRoute({ method: 'get', path: '/admin/{id}', responses }), (c) => c.text('ok'))
  const document = openapi.startsWith('3.0')
    ? documentGuards(app, app.getOpenAPIDocument({ openapi, info }))
    : documentGuards(app, app.getOpenAPI31Document({ openapi, info }))
  const answers = await compare({ ...document }, async (path, init) => app.request(path, init))
  expect(answers).toEqual({
    'GET /public': { nobody: 200, tooLittle: 200 },
    'POST /posts/{id}': { nobody: 401, tooLittle: 403 },
    'GET /admin/{id}': { nobody: 401, tooLittle: 403 },
  })
  const [bearer] = document.paths?.['/posts/{id}']?.post?.security ?? []
  expect(bearer).toEqual({ bearer: openapi === '3.0.3' ? [] : ['posts:write'] })
})
