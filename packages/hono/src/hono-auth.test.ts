import { type Auth, createVerifier, type TokenSource } from '@latchkey/core'
import { Hono } from 'hono'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { type AuthEnv, honoAuth } from './index.js'

const { publicKey, privateKey } = await generateKeyPair('ES256')
const jwk = await exportJWK(publicKey)

function makeVerifier(issuer = 'https://id.example', tokenFrom: TokenSource[] = ['header', { cookie: 'access' }]) {
  return createVerifier({ issuer, audience: 'api', jwks: { keys: [jwk] }, tokenFrom })
}

function sign(issuer = 'https://id.example'): Promise<string> {
  return new SignJWT({ scope: 'read' })
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
  test('tells who is calling by c.var.auth and by getAuth', async () => {
    const { requireAuth, getAuth } = honoAuth({ verifier: makeVerifier() })
    const app = new Hono().get('/me', requireAuth(), (c) => {
      expect(getAuth(c)).toBe(c.var.auth)
      return c.text(c.var.auth.claims.sub ?? '')
    })
    expect(await (await app.request('/me', { headers: bearer(token) })).text()).toBe('alice')
  })

  test('keeps the fields that a refusal has from before', async () => {
    const { requireAuth } = honoAuth({ verifier: makeVerifier() })
    const app = new Hono()
    app.use(async (c, next) => {
      c.header('access-control-allow-origin', '*')
      await next()
    })
    app.get('/me', requireAuth(), (c) => c.text('never'))
    const response = await app.request('/me')
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([401, '*'])
  })

  test('guards a whole app, and a path', async () => {
    const { requireAuth } = honoAuth({ verifier: makeVerifier() })
    const app = new Hono<AuthEnv<Auth>>()
    app.get('/open', (c) => c.text('open'))
    app.use('/write/*', requireAuth({ scope: ['read', 'write'] }))
    app.use(requireAuth())
    app.get('/a', (c) => c.text(c.var.auth.claims.sub ?? ''))
    app.get('/write/a', (c) => c.text('write'))
    expect((await app.request('/open')).status).toBe(200)
    expect((await app.request('/a')).status).toBe(401)
    expect((await app.request('/unknown')).status).toBe(401)
    expect(await (await app.request('/a', { headers: bearer(token) })).text()).toBe('alice')
    const refused = await app.request('/write/a', { headers: bearer(token) })
    expect(refused.status).toBe(403)
    expect(refused.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope", scope="read write"')
  })
})

test('two verifiers live in one app', async () => {
  const user = honoAuth({ verifier: makeVerifier() })
  const service = honoAuth({ verifier: makeVerifier('https://other.example'), variable: 'service' })
  const app = new Hono()
  app.onError((error, c) => c.text(error.message, 500))
  app.get('/user', user.requireAuth(), (c) => c.text(c.var.auth.claims.iss ?? ''))
  app.get('/service', service.requireAuth(), (c) => c.text(c.var.service.claims.iss ?? ''))
  app.get('/crossed', service.requireAuth(), (c) => c.text(user.getAuth(c).claims.iss ?? ''))
  const other = bearer(await sign('https://other.example'))
  expect(await (await app.request('/user', { headers: bearer(token) })).text()).toBe('https://id.example')
  expect((await app.request('/user', { headers: other })).status).toBe(401)
  expect(await (await app.request('/service', { headers: other })).text()).toBe('https://other.example')
  expect(await (await app.request('/crossed', { headers: other })).text()).toMatch(/no guard of this verifier/)
})

describe('an app in an app', () => {
  test('by route: knows whom the guard of its parent has found, and has guards of its own', async () => {
    const { requireAuth, getAuth } = honoAuth({ verifier: makeVerifier() })
    const inner = new Hono<AuthEnv<Auth>>()
    // With it, Hono composes the handlers of the inner app apart from the others.
    inner.onError((error, c) => c.text(error.message, 500))
    inner.get('/me', (c) => c.text(`${getAuth(c) === c.var.auth} ${c.var.auth.claims.sub}`))
    inner.get('/write', requireAuth({ scope: 'write' }), (c) => c.text('never'))
    const app = new Hono().use('/guarded/*', requireAuth()).route('/guarded', inner).route('/open', inner)
    const ask = async (path: string) => (await app.request(path, { headers: bearer(token) })).text()
    expect(await ask('/guarded/me')).toBe('true alice')
    expect(await ask('/guarded/write')).toContain('scope_insufficient')
    expect(await ask('/open/me')).toMatch(/no guard of this verifier/)
  })

  test('by mount: it gets a context of its own, so only its own guards count', async () => {
    const { requireAuth, getAuth } = honoAuth({ verifier: makeVerifier() })
    const inner = new Hono<AuthEnv<Auth>>()
    inner.onError((error, c) => c.text(error.message, 500))
    inner.get('/parent', (c) => c.text(getAuth(c).claims.sub ?? ''))
    inner.get('/own', requireAuth(), (c) => c.text(`${getAuth(c) === c.var.auth} ${c.var.auth.claims.sub}`))
    const app = new Hono().use('/guarded/*', requireAuth()).mount('/guarded', inner.fetch).mount('/open', inner.fetch)
    const ask = async (path: string) => (await app.request(path, { headers: bearer(token) })).text()
    expect((await app.request('/guarded/parent')).status).toBe(401)
    expect(await ask('/guarded/parent')).toMatch(/no guard of this verifier/)
    expect(await ask('/guarded/own')).toBe('true alice')
    expect(await ask('/open/own')).toBe('true alice')
    expect((await app.request('/open/own')).status).toBe(401)
  })
})

test('two verifiers look at one request: each keeps what it has found, the variable has the last', async () => {
  const user = honoAuth({ verifier: makeVerifier('https://id.example', ['header']) })
  const service = honoAuth({ verifier: makeVerifier('https://other.example', [{ cookie: 'access' }]) })
  const app = new Hono().get('/both', user.requireAuth(), service.requireAuth(), (c) =>
    c.json([user.getAuth(c).claims.iss, service.getAuth(c).claims.iss, c.var.auth.claims.iss]),
  )
  const headers = { ...bearer(token), cookie: `access=${await sign('https://other.example')}` }
  const found = await (await app.request('/both', { headers })).json()
  expect(found).toEqual(['https://id.example', 'https://other.example', 'https://other.example'])
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
