import { readFile } from 'node:fs/promises'
import { createVerifier, type TokenSource } from '@latchkey/core'
import { type FastifyInstance, type FastifyPluginCallback, fastify } from 'fastify'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, describe, expect, test } from 'vitest'
import { fastifyAuth } from './index.js'

const { publicKey, privateKey } = await generateKeyPair('ES256')
const jwk = await exportJWK(publicKey)

function makeVerifier(issuer = 'https://id.example', tokenFrom: TokenSource[] = ['header']) {
  return createVerifier({ issuer, audience: 'api', jwks: { keys: [jwk] }, tokenFrom })
}

function sign(issuer = 'https://id.example'): Promise<string> {
  return new SignJWT({})
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

describe('requireAuth', () => {
  test('keeps the fields that a refusal has from before, and adds no charset', async () => {
    const { plugin, requireAuth } = fastifyAuth({ verifier: makeVerifier() })
    const app = makeApp()
    await app.register(plugin)
    app.addHook('onRequest', async (_request, reply) => void reply.header('access-control-allow-origin', '*'))
    app.get('/me', { onRequest: requireAuth() }, async () => 'never')
    const { statusCode, headers } = await app.inject('/me')
    expect([statusCode, headers['access-control-allow-origin'], headers['content-type']]).toEqual([
      401,
      '*',
      'application/problem+json',
    ])
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
})

describe('mistakes', () => {
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

describe('a plugin in a plugin', () => {
  test('knows whom the guard of its parent has found, and has guards of its own', async () => {
    const { plugin, requireAuth, getAuth } = fastifyAuth({ verifier: makeVerifier() })
    const app = makeApp()
    const inner: FastifyPluginCallback = (inside, _options, done) => {
      inside.get('/me', async (request) => getAuth(request).claims.sub)
      inside.get('/write', { onRequest: requireAuth({ scope: 'write' }) }, async () => 'never')
      done()
    }
    const outer: FastifyPluginCallback = (inside, _options, done) => {
      inside.addHook('onRequest', requireAuth())
      // Once more does no harm.
      inside.register(plugin)
      inside.register(inner)
      done()
    }
    app.register(plugin)
    app.register(outer, { prefix: '/guarded' })
    app.get('/open', async (request) => getAuth(request).claims.sub)
    const ask = async (url: string) => (await app.inject({ url, headers: bearer(token) })).body
    expect((await app.inject('/guarded/me')).statusCode).toBe(401)
    expect(await ask('/guarded/me')).toBe('alice')
    expect(await ask('/guarded/write')).toContain('scope_insufficient')
    expect(await ask('/open')).toContain('no guard of this verifier')
  })

  test('may be one of several that register it, each for itself', async () => {
    const { plugin, requireAuth, getAuth } = fastifyAuth({ verifier: makeVerifier() })
    const app = makeApp()
    const inner: FastifyPluginCallback = (inside, _options, done) => {
      inside.register(plugin)
      inside.get('/me', { onRequest: requireAuth() }, async (request) => getAuth(request).claims.sub)
      done()
    }
    for (const prefix of ['/one', '/two']) app.register(inner, { prefix })
    for (const url of ['/one/me', '/two/me']) {
      expect((await app.inject({ url, headers: bearer(token) })).body).toBe('alice')
    }
  })
})

test('two verifiers look at one request: each keeps what it has found', async () => {
  const user = fastifyAuth({ verifier: makeVerifier('https://id.example', ['header']) })
  const service = fastifyAuth({ verifier: makeVerifier('https://other.example', [{ cookie: 'access' }]) })
  const app = makeApp()
  await app.register(user.plugin)
  await app.register(service.plugin)
  app.get('/both', { onRequest: [user.requireAuth(), service.requireAuth()] }, async (request) => [
    user.getAuth(request).claims.iss,
    service.getAuth(request).claims.iss,
  ])
  const headers = { ...bearer(token), cookie: `access=${await sign('https://other.example')}` }
  const found = (await app.inject({ url: '/both', headers })).json()
  expect(found).toEqual(['https://id.example', 'https://other.example'])
})

test('two verifiers live in one app', async () => {
  const first = fastifyAuth({ verifier: makeVerifier() })
  const second = fastifyAuth({ verifier: makeVerifier('https://other.example') })
  const app = makeApp()
  await app.register(first.plugin)
  await app.register(second.plugin)
  app.get('/first', { onRequest: first.requireAuth() }, async (request) => first.getAuth(request).claims.iss)
  app.get('/second', { onRequest: second.requireAuth() }, async (request) => first.getAuth(request).claims.iss)
  const other = bearer(await sign('https://other.example'))
  expect((await app.inject({ url: '/first', headers: bearer(token) })).body).toBe('https://id.example')
  expect((await app.inject({ url: '/first', headers: other })).statusCode).toBe(401)
  expect((await app.inject({ url: '/second', headers: other })).json().message).toMatch(/no guard of this verifier/)
})

// Before 5.8.3 Fastify believed a forwarded host from anybody. 5.8.3 says of itself that it is 5.8.2.
test('is not installed beside an older Fastify', async () => {
  const manifest: unknown = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  expect(manifest).toMatchObject({ peerDependencies: { fastify: '^5.8.4' } })
})

test.each(['5.8.2', '6.0.0'])('is not registered in Fastify %s', async (version) => {
  const app = makeApp()
  Object.defineProperty(app, 'version', { value: version })
  const { plugin } = fastifyAuth({ verifier: makeVerifier() })
  await expect(app.register(plugin)).rejects.toThrow("expected '>=5.8.4 <6' fastify version")
})
