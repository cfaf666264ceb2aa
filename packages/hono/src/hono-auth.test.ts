import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { createAdaptorServer } from '@hono/node-server'
import { type Auth, type ClaimsSchema, ConfigError, createVerifier } from '@latchkey/core'
import { Hono } from 'hono'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { type AuthEnv, type HonoAuthOptions, honoAuth } from './index.js'

type Member = { readonly email: string }

const { publicKey, privateKey } = await generateKeyPair('ES256')
const jwk = await exportJWK(publicKey)

type Validate = ClaimsSchema<Member>['~standard']['validate']
const accept: Validate = (value) => ({ value: value as Member })

function makeVerifier(issuer = 'https://id.example', validate = accept) {
  return createVerifier({
    issuer,
    audience: 'api',
    jwks: { keys: [jwk] },
    tokenFrom: ['header', { cookie: 'access' }],
    claims: { '~standard': { version: 1, vendor: 'test', validate } },
  })
}

function sign(issuer = 'https://id.example'): Promise<string> {
  return new SignJWT({ email: 'a@b.example', scope: 'read' })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer(issuer)
    .setAudience('api')
    .setSubject('alice')
    .setExpirationTime('5m')
    .sign(privateKey)
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const token = await sign()

describe('requireAuth', () => {
  test('lets a good token pass, and types c.var.auth', async () => {
    const { requireAuth, getAuth } = honoAuth({ verifier: makeVerifier() })
    const app = new Hono().get('/me', requireAuth(), (c) => {
      expectTypeOf(c.var.auth.claims.email).toEqualTypeOf<string>()
      expectTypeOf(getAuth(c).claims.email).toEqualTypeOf<string>()
      expect(getAuth(c)).toBe(c.var.auth)
      return c.json(c.var.auth.claims.email)
    })
    const response = await app.request('/me', { headers: bearer(token) })
    expect(response.status).toBe(200)
    expect(await response.json()).toBe('a@b.example')
    expect(response.headers.get('cache-control')).toBeNull()
  })

  test('answers a denial itself, with exactly these fields, and keeps those set before', async () => {
    const { requireAuth } = honoAuth({ verifier: makeVerifier(), realm: 'api' })
    const app = new Hono()
    app.use(async (c, next) => {
      c.header('access-control-allow-origin', '*')
      await next()
    })
    app.get('/me', requireAuth(), (c) => c.text('never'))

    const response = await app.request('/me')
    expect(response.status).toBe(401)
    expect(Object.fromEntries(response.headers)).toEqual({
      'access-control-allow-origin': '*',
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'www-authenticate': 'Bearer realm="api"',
      'content-length': '158',
    })
    expect(await response.json()).toMatchObject({ status: 401, code: 'token_missing' })

    const head = await app.request('/me', { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([401, '158', ''])
  })

  test('guards a whole app, and a path', async () => {
    const { requireAuth } = honoAuth({ verifier: makeVerifier() })
    const app = new Hono<AuthEnv<Auth<Member>>>()
    app.get('/open', (c) => c.text('open'))
    app.use('/write/*', requireAuth({ scope: ['read', 'write'] }))
    app.use(requireAuth())
    app.get('/a', (c) => c.text(c.var.auth.claims.email))
    app.get('/write/a', (c) => c.text('write'))
    expect((await app.request('/open')).status).toBe(200)
    expect((await app.request('/a')).status).toBe(401)
    expect((await app.request('/unknown')).status).toBe(401)
    expect(await (await app.request('/a', { headers: bearer(token) })).text()).toBe('a@b.example')
    const refused = await app.request('/write/a', { headers: bearer(token) })
    expect(refused.status).toBe(403)
    expect(refused.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope", scope="read write"')
  })

  test('waits for a decision that takes its time, and hands its failure to the error handler', async () => {
    const slow: Validate = async (value) => ({ value: value as Member })
    const broken: Validate = () => Promise.reject(new Error('schema broke'))
    for (const [validate, expected] of [
      [slow, [200, 'alice']],
      [broken, [500, 'schema broke']],
    ] as const) {
      const { requireAuth } = honoAuth({ verifier: makeVerifier('https://id.example', validate) })
      const app = new Hono().get('/me', requireAuth(), (c) => c.text(c.var.auth.claims.sub ?? ''))
      app.onError((error, c) => c.text(error.message, 500))
      const response = await app.request('/me', { headers: bearer(token) })
      expect([response.status, await response.text()]).toEqual(expected)
    }
  })
})

describe('optionalAuth', () => {
  test('lets nobody pass as nobody, and refuses a bad token', async () => {
    const { optionalAuth, getAuth, getOptionalAuth } = honoAuth({ verifier: makeVerifier() })
    const app = new Hono()
    app.onError((error, c) => c.text(error.message, 500))
    app.get('/optional', optionalAuth(), (c) => {
      expectTypeOf(c.var.auth).toEqualTypeOf<Auth<Member> | null>()
      expect(getOptionalAuth(c)).toBe(c.var.auth)
      return c.json(c.var.auth?.claims.sub ?? null)
    })
    app.get('/wrong', optionalAuth(), (c) => c.json(getAuth(c).claims.sub))
    expect(await (await app.request('/optional')).json()).toBeNull()
    expect(await (await app.request('/optional', { headers: bearer(token) })).json()).toBe('alice')
    expect((await app.request('/optional', { headers: bearer('x') })).status).toBe(401)
    expect(await (await app.request('/wrong')).text()).toMatch(/getOptionalAuth/)
  })
})

describe('mistakes', () => {
  test('are found at construction', () => {
    const verifier = makeVerifier()
    expect(() => honoAuth({ verifier, relm: 'x' } as never)).toThrow(ConfigError)
    expect(() => honoAuth({ verifier, realm: 'a"b' })).toThrow(ConfigError)
    expect(() => honoAuth({} as never)).toThrow(/verifier is missing/)
    expect(() => honoAuth({ verifier }).requireAuth({ scopes: 'x' } as never)).toThrow(ConfigError)
    expect(() => honoAuth({ verifier }).optionalAuth({ scope: '' })).toThrow(ConfigError)
  })

  test('a route without a guard', async () => {
    const { getAuth } = honoAuth({ verifier: makeVerifier() })
    const app = new Hono().get('/me', (c) => c.json(getAuth(c).claims.sub))
    app.onError((error, c) => c.text(error.message, 500))
    expect(await (await app.request('/me')).text()).toMatch(/no guard/)
  })
})

test('two verifiers live in one app', async () => {
  const user = honoAuth({ verifier: makeVerifier() })
  const service = honoAuth({ verifier: makeVerifier('https://other.example'), variable: 'service' })
  const app = new Hono()
  app.onError((error, c) => c.text(error.message, 500))
  app.get('/user', user.requireAuth(), (c) => c.text(c.var.auth.claims.iss))
  app.get('/service', service.requireAuth(), (c) => c.text(c.var.service.claims.iss))
  app.get('/crossed', service.requireAuth(), (c) => c.text(user.getAuth(c).claims.iss))
  const other = bearer(await sign('https://other.example'))
  expect(await (await app.request('/user', { headers: bearer(token) })).text()).toBe('https://id.example')
  expect((await app.request('/user', { headers: other })).status).toBe(401)
  expect(await (await app.request('/service', { headers: other })).text()).toBe('https://other.example')
  expect(await (await app.request('/crossed', { headers: other })).text()).toMatch(/no guard of this verifier/)
})

test('an identity from a cookie is private, unless the handler says otherwise', async () => {
  const { requireAuth } = honoAuth({ verifier: makeVerifier() })
  const app = new Hono()
  app.onError((_error, c) => c.text('failed', 500))
  app.get('/me', requireAuth(), (c) => c.text('me'))
  app.get('/own', requireAuth(), (c) => c.text('me', 200, { 'Cache-Control': 'max-age=5' }))
  app.get('/raw', requireAuth(), () => new Response('me', { headers: { 'cache-control': 'no-cache' } }))
  app.get('/fails', requireAuth(), () => {
    throw new Error('handler broke')
  })
  const headers = { cookie: `access=${token}` }
  const cacheControl = async (path: string) => (await app.request(path, { headers })).headers.get('cache-control')
  expect(await cacheControl('/me')).toBe('private')
  expect(await cacheControl('/own')).toBe('max-age=5')
  expect(await cacheControl('/raw')).toBe('no-cache')
  expect(await cacheControl('/fails')).toBe('private')
})

test('onDeny takes over the answer, now or later, and what it throws is the app’s own error', async () => {
  const answers: [NonNullable<HonoAuthOptions['onDeny']>, unknown][] = [
    [(error, c) => c.text(error.code, 418), [418, 'token_missing']],
    [async (error, c) => c.text(error.reason, 418), [418, 'token_missing']],
    [() => Promise.reject(new Error('later')), [500, 'later']],
    [
      () => {
        throw new Error('now')
      },
      [500, 'now'],
    ],
  ]
  for (const [onDeny, expected] of answers) {
    const { requireAuth } = honoAuth({ verifier: makeVerifier(), onDeny })
    const app = new Hono().get('/me', requireAuth(), (c) => c.text('never'))
    app.onError((error, c) => c.text(error.message, 500))
    const response = await app.request('/me')
    expect([response.status, await response.text()]).toEqual(expected)
  }
})

test('sees every field of a repeated name, over a socket', async () => {
  const { requireAuth } = honoAuth({ verifier: makeVerifier() })
  const app = new Hono().post('/me', requireAuth(), (c) => c.json(c.var.auth.source))
  const server = createAdaptorServer({ fetch: app.fetch })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  async function post(...fields: string[]): Promise<string> {
    const socket = connect(port, '127.0.0.1')
    const head = ['POST /me HTTP/1.1', `Host: 127.0.0.1:${port}`, 'Connection: close', 'Content-Length: 0', ...fields]
    socket.end(`${head.join('\r\n')}\r\n\r\n`)
    return text(socket)
  }
  const cookie = `Cookie: access=${token}`
  const own = `Origin: http://127.0.0.1:${port}`
  expect(await post(`Authorization: Bearer ${token}`, 'Authorization: Bearer x')).toContain('token_repeated')
  expect(await post('Authorization: Basic a', `Authorization: Bearer ${token}`)).toContain('request_malformed')
  expect(await post(`Authorization: Bearer ${token}`)).toContain('"header"')
  expect(await post('Cookie: a=1', cookie, own)).toContain('"cookie"')
  expect(await post(cookie, own, own)).toContain('origin_rejected')
  server.close()
})
