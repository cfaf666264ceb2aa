import { ConfigError, createVerifier } from '@latchkey/core'
import { type FastifyInstance, fastify } from 'fastify'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, describe, expect, expectTypeOf, test } from 'vitest'
import { fastifyAuth } from './index.js'

const { publicKey, privateKey } = await generateKeyPair('ES256')
const jwk = await exportJWK(publicKey)

type Member = { readonly email: string }

/** Says yes to every claims set, later: so `authenticate` answers with a promise. */
const slowClaims = {
  '~standard': { version: 1, vendor: 'test', validate: async (value: unknown) => ({ value: value as Member }) },
} as const

function makeVerifier(issuer = 'https://id.example') {
  const { '~standard': standard } = slowClaims
  return createVerifier<Member>({
    issuer,
    audience: 'api',
    jwks: { keys: [jwk] },
    tokenFrom: ['header', { cookie: 'access' }],
    claims: { '~standard': { ...standard, validate: (value) => ({ value: value as Member }) } },
  })
}

function sign(claims: object = {}, issuer = 'https://id.example'): Promise<string> {
  return new SignJWT({ email: 'a@b.example', scope: 'read', ...claims })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer(issuer)
    .setAudience('api')
    .setSubject('alice')
    .setExpirationTime('5m')
    .sign(privateKey)
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const token = await sign()

const apps: FastifyInstance[] = []
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close()
})
function makeApp(): FastifyInstance {
  const app = fastify()
  apps.push(app)
  return app
}

const problem = {
  type: 'about:blank',
  title: 'Unauthorized',
  status: 401,
  code: 'token_missing',
  detail: 'This resource needs an access token and the request carries none.',
}

describe('requireAuth', () => {
  test('lets a good token pass, and types its claims', async () => {
    const { plugin, requireAuth, getAuth } = fastifyAuth({ verifier: makeVerifier() })
    const app = makeApp()
    await app.register(plugin)
    app.get<{ Params: { id: string } }>('/me/:id', { onRequest: requireAuth() }, async (request) => {
      expectTypeOf(getAuth(request).claims.email).toBeString()
      return { id: request.params.id, email: getAuth(request).claims.email }
    })
    const response = await app.inject({ url: '/me/7', headers: bearer(token) })
    expect(response.statusCode).toBe(200)
    expect(response.json()).toEqual({ id: '7', email: 'a@b.example' })
    expect(response.headers['cache-control']).toBeUndefined()
  })

  test('answers a denial itself, with exactly these fields', async () => {
    const { plugin, requireAuth } = fastifyAuth({ verifier: makeVerifier(), realm: 'api' })
    const app = makeApp()
    await app.register(plugin)
    app.get('/me', { onRequest: requireAuth() }, async () => 'never')
    const address = await app.listen({ port: 0, host: '127.0.0.1' })

    const response = await fetch(`${address}/me`)
    expect(response.status).toBe(401)
    const { date, connection, 'keep-alive': _, ...fields } = Object.fromEntries(response.headers)
    expect(fields).toEqual({
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'www-authenticate': 'Bearer realm="api"',
      'content-length': '158',
    })
    expect(await response.json()).toEqual(problem)

    const head = await fetch(`${address}/me`, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([401, '158', ''])
  })

  test('guards a whole app by one hook', async () => {
    const { plugin, requireAuth } = fastifyAuth({ verifier: makeVerifier() })
    const app = makeApp()
    await app.register(plugin)
    app.addHook('onRequest', requireAuth())
    app.get('/a', async () => 'a')
    expect((await app.inject('/a')).statusCode).toBe(401)
    expect((await app.inject('/unknown')).statusCode).toBe(401)
    expect((await app.inject({ url: '/a', headers: bearer(token) })).body).toBe('a')
  })

  test('asks for scopes', async () => {
    const { plugin, requireAuth } = fastifyAuth({ verifier: makeVerifier() })
    const app = makeApp()
    await app.register(plugin)
    app.get('/read', { onRequest: requireAuth({ scope: 'read' }) }, async () => 'read')
    app.get('/write', { onRequest: requireAuth({ scope: ['read', 'write'] }) }, async () => 'write')
    expect((await app.inject({ url: '/read', headers: bearer(token) })).body).toBe('read')
    const refused = await app.inject({ url: '/write', headers: bearer(token) })
    expect(refused.statusCode).toBe(403)
    expect(refused.headers['www-authenticate']).toBe('Bearer error="insufficient_scope", scope="read write"')
  })

  test('goes on in the same tick for a token seen before', async () => {
    const { plugin, requireAuth } = fastifyAuth({ verifier: makeVerifier() })
    const app = makeApp()
    await app.register(plugin)
    const guard = requireAuth()
    const ticks: boolean[] = []
    app.get('/me', {
      onRequest: (request, reply, done) => {
        let passed = false
        guard(request, reply, () => {
          passed = true
        })
        ticks.push(passed)
        done()
      },
      handler: async () => 'me',
    })
    await app.inject({ url: '/me', headers: bearer(token) })
    await app.inject({ url: '/me', headers: bearer(token) })
    expect(ticks.at(-1)).toBe(true)
  })

  test('waits for a decision that takes its time, and hands its failure to the error handler', async () => {
    for (const validate of [slowClaims['~standard'].validate, () => Promise.reject(new Error('schema broke'))]) {
      const verifier = createVerifier<Member>({
        issuer: 'https://id.example',
        audience: 'api',
        jwks: { keys: [jwk] },
        claims: { '~standard': { ...slowClaims['~standard'], validate } },
      })
      const { plugin, requireAuth, getAuth } = fastifyAuth({ verifier })
      const app = makeApp()
      await app.register(plugin)
      app.setErrorHandler((error: Error, _request, reply) => reply.code(500).send(error.message))
      app.get('/me', { onRequest: requireAuth() }, async (request) => getAuth(request).claims.sub)
      const response = await app.inject({ url: '/me', headers: bearer(token) })
      const slow = validate === slowClaims['~standard'].validate
      expect([response.statusCode, response.body]).toEqual(slow ? [200, 'alice'] : [500, 'schema broke'])
    }
  })
})

describe('optionalAuth', () => {
  test('lets nobody pass as nobody, and refuses a bad token', async () => {
    const { plugin, optionalAuth, getAuth, getOptionalAuth } = fastifyAuth({ verifier: makeVerifier() })
    const app = makeApp()
    await app.register(plugin)
    app.get('/optional', { onRequest: optionalAuth() }, async (request) => ({
      sub: getOptionalAuth(request)?.claims.sub ?? null,
    }))
    app.get('/wrong', { onRequest: optionalAuth() }, async (request) => getAuth(request).claims.sub)
    expect((await app.inject('/optional')).json()).toEqual({ sub: null })
    expect((await app.inject({ url: '/optional', headers: bearer(token) })).json()).toEqual({ sub: 'alice' })
    expect((await app.inject({ url: '/optional', headers: bearer('x') })).statusCode).toBe(401)
    expect((await app.inject('/wrong')).json().message).toMatch(/getOptionalAuth/)
  })
})

describe('mistakes', () => {
  test('are found at construction', () => {
    const verifier = makeVerifier()
    expect(() => fastifyAuth({ verifier, relm: 'x' } as never)).toThrow(ConfigError)
    expect(() => fastifyAuth({ verifier, realm: 'a"b' })).toThrow(ConfigError)
    expect(() => fastifyAuth({} as never)).toThrow(/verifier is missing/)
    expect(() => fastifyAuth({ verifier }).requireAuth({ scopes: 'x' } as never)).toThrow(ConfigError)
    expect(() => fastifyAuth({ verifier }).optionalAuth({ scope: '' })).toThrow(ConfigError)
  })

  test('a route without a guard, and a guard without the plugin', async () => {
    const { plugin, requireAuth, getAuth } = fastifyAuth({ verifier: makeVerifier() })
    const app = makeApp()
    app.register((inner, _options, done) => {
      inner.register(plugin)
      inner.get('/unguarded', async (request) => getAuth(request).claims.sub)
      inner.get('/guarded', { onRequest: requireAuth() }, async (request) => getAuth(request).claims.sub)
      done()
    })
    app.get('/outside', { onRequest: requireAuth() }, async () => 'never')
    expect((await app.inject('/unguarded')).json().message).toMatch(/no guard/)
    expect((await app.inject({ url: '/guarded', headers: bearer(token) })).body).toBe('alice')
    const outside = await app.inject({ url: '/outside', headers: bearer(token) })
    expect([outside.statusCode, outside.json().message]).toEqual([500, expect.stringMatching(/Register it before/)])
  })
})

test('two verifiers live in one app', async () => {
  const first = fastifyAuth({ verifier: makeVerifier() })
  const second = fastifyAuth({ verifier: makeVerifier('https://other.example') })
  const app = makeApp()
  await app.register(first.plugin)
  await app.register(second.plugin)
  app.get('/first', { onRequest: first.requireAuth() }, async (request) => first.getAuth(request).claims.iss)
  app.get('/second', { onRequest: second.requireAuth() }, async (request) => first.getAuth(request).claims.iss)
  const other = bearer(await sign({}, 'https://other.example'))
  expect((await app.inject({ url: '/first', headers: bearer(token) })).body).toBe('https://id.example')
  expect((await app.inject({ url: '/first', headers: other })).statusCode).toBe(401)
  expect((await app.inject({ url: '/second', headers: other })).json().message).toMatch(/no guard of this verifier/)
})

test('an identity from a cookie is private, unless the handler says otherwise', async () => {
  const { plugin, requireAuth } = fastifyAuth({ verifier: makeVerifier() })
  const app = makeApp()
  await app.register(plugin)
  app.get('/me', { onRequest: requireAuth() }, async () => 'me')
  app.get('/own', { onRequest: requireAuth() }, async (_request, reply) =>
    reply.header('Cache-Control', 'max-age=5').send('me'),
  )
  const headers = { cookie: `access=${token}` }
  expect((await app.inject({ url: '/me', headers })).headers['cache-control']).toBe('private')
  expect((await app.inject({ url: '/own', headers })).headers['cache-control']).toBe('max-age=5')
})

describe('onDeny', () => {
  test('takes over the answer, now or later, and what it throws is the app’s own error', async () => {
    for (const [onDeny, expected] of [
      [(error, _request, reply) => void reply.code(418).send(error.code), [418, 'token_missing']],
      [async (error, _request, reply) => reply.code(418).send(error.reason), [418, 'token_missing']],
      [() => Promise.reject(new Error('later')), [500, 'later']],
      [
        () => {
          throw new Error('now')
        },
        [500, 'now'],
      ],
    ] as [Parameters<typeof fastifyAuth>[0]['onDeny'] & {}, unknown][]) {
      const { plugin, requireAuth } = fastifyAuth({ verifier: makeVerifier(), onDeny })
      const app = makeApp()
      await app.register(plugin)
      app.setErrorHandler((error: Error, _request, reply) => reply.code(500).send(error.message))
      app.get('/me', { onRequest: requireAuth() }, async () => 'never')
      const response = await app.inject('/me')
      expect([response.statusCode, response.body]).toEqual(expected)
    }
  })
})

test('what fails without an error lets nobody pass', async () => {
  const throwNothing = () => {
    throw undefined as unknown as Error
  }
  const withSchema = (validate: () => never | Promise<never>) =>
    createVerifier<Member>({
      issuer: 'https://id.example',
      audience: 'api',
      jwks: { keys: [jwk] },
      claims: { '~standard': { ...slowClaims['~standard'], validate } },
    })
  const guards = [
    fastifyAuth({ verifier: withSchema(throwNothing) }),
    fastifyAuth({ verifier: withSchema(() => Promise.reject()) }),
    fastifyAuth({ verifier: makeVerifier('https://other.example'), onDeny: throwNothing }),
    fastifyAuth({ verifier: makeVerifier('https://other.example'), onDeny: () => Promise.reject() }),
  ]
  for (const { plugin, requireAuth } of guards) {
    const app = makeApp()
    await app.register(plugin)
    app.get('/me', { onRequest: requireAuth() }, async () => 'passed')
    const response = await app.inject({ url: '/me', headers: bearer(token) })
    expect([response.statusCode, response.body]).toEqual([500, expect.stringMatching(/no Error/)])
  }
})

test.each(['5.8.2', '6.0.0'])('is not registered in Fastify %s', async (version) => {
  // Before 5.8.3 Fastify believed a forwarded host from anybody.
  const app = makeApp()
  Object.defineProperty(app, 'version', { value: version })
  const { plugin } = fastifyAuth({ verifier: makeVerifier() })
  await expect(app.register(plugin)).rejects.toThrow("expected '>=5.8.3 <6' fastify version")
})
