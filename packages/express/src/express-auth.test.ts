import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ClaimsSchema, ConfigError, createVerifier } from '@latchkey/core'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, describe, expect, expectTypeOf, test } from 'vitest'
import { type ExpressAuthOptions, expressAuth } from './index.js'

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

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** Serves an app, with its errors as plain text, and gives what asks it over a socket. */
async function serve(app: Express): Promise<(path: string, init?: RequestInit) => ReturnType<typeof fetch>> {
  app.use((error: Error, _req: Request, res: Response, _next: NextFunction) => {
    res.status(500).send(error.message)
  })
  const server = app.listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init)
}

describe('requireAuth', () => {
  test('lets a good token pass, types its claims, and leaves the types of the route alone', async () => {
    const { requireAuth, getAuth } = expressAuth({ verifier: makeVerifier() })
    const app = express()
    app.get('/me/:id', requireAuth(), (req, res) => {
      expectTypeOf(req.params.id).toEqualTypeOf<string>()
      expectTypeOf(getAuth(req).claims.email).toBeString()
      res.json({ id: req.params.id, email: getAuth(req).claims.email })
    })
    const get = await serve(app)
    const response = await get('/me/7', { headers: bearer(token) })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ id: '7', email: 'a@b.example' })
    expect(response.headers.get('cache-control')).toBeNull()
  })

  test('answers a denial itself, with exactly these fields, and keeps those set before', async () => {
    const { requireAuth } = expressAuth({ verifier: makeVerifier(), realm: 'api' })
    const app = express().disable('x-powered-by')
    app.use((_req, res, next) => {
      res.setHeader('Access-Control-Allow-Origin', '*')
      next()
    })
    app.get('/me', requireAuth(), (_req, res) => void res.send('never'))
    const get = await serve(app)

    const response = await get('/me')
    expect(response.status).toBe(401)
    const { date, connection, 'keep-alive': _, ...fields } = Object.fromEntries(response.headers)
    expect(fields).toEqual({
      'access-control-allow-origin': '*',
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'www-authenticate': 'Bearer realm="api"',
      'content-length': '158',
    })
    expect(await response.json()).toMatchObject({ status: 401, code: 'token_missing' })

    const head = await get('/me', { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([401, '158', ''])
  })

  test('guards a whole app, and a router', async () => {
    const { requireAuth } = expressAuth({ verifier: makeVerifier() })
    const app = express()
    app.get('/open', (_req, res) => void res.send('open'))
    app.use('/read', requireAuth({ scope: 'read' }), (_req, res) => void res.send('read'))
    app.use('/write', requireAuth({ scope: ['read', 'write'] }), (_req, res) => void res.send('write'))
    app.use(requireAuth())
    app.get('/a', (_req, res) => void res.send('a'))
    const get = await serve(app)
    expect((await get('/open')).status).toBe(200)
    expect((await get('/a')).status).toBe(401)
    expect((await get('/unknown')).status).toBe(401)
    expect(await (await get('/a', { headers: bearer(token) })).text()).toBe('a')
    expect(await (await get('/read', { headers: bearer(token) })).text()).toBe('read')
    const refused = await get('/write', { headers: bearer(token) })
    expect(refused.status).toBe(403)
    expect(refused.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope", scope="read write"')
  })

  test('goes on in the same tick for a token seen before', async () => {
    const { requireAuth } = expressAuth({ verifier: makeVerifier() })
    const guard = requireAuth()
    const app = express()
    app.get('/me', (req, res) => {
      let passed = false
      guard(req, res, () => {
        passed = true
      })
      res.json(passed)
    })
    const get = await serve(app)
    await get('/me', { headers: bearer(token) })
    expect(await (await get('/me', { headers: bearer(token) })).json()).toBe(true)
  })

  test('waits for a decision that takes its time, and hands its failure to the error handler', async () => {
    const slow: Validate = async (value) => ({ value: value as Member })
    const broken: Validate = () => Promise.reject(new Error('schema broke'))
    for (const [validate, expected] of [
      [slow, [200, 'alice']],
      [broken, [500, 'schema broke']],
    ] as const) {
      const { requireAuth, getAuth } = expressAuth({ verifier: makeVerifier('https://id.example', validate) })
      const app = express()
      app.get('/me', requireAuth(), (req, res) => void res.send(getAuth(req).claims.sub))
      const response = await (await serve(app))('/me', { headers: bearer(token) })
      expect([response.status, await response.text()]).toEqual(expected)
    }
  })
})

describe('optionalAuth', () => {
  test('lets nobody pass as nobody, and refuses a bad token', async () => {
    const { optionalAuth, getAuth, getOptionalAuth } = expressAuth({ verifier: makeVerifier() })
    const app = express()
    app.get('/optional', optionalAuth(), (req, res) => void res.json(getOptionalAuth(req)?.claims.sub ?? null))
    app.get('/wrong', optionalAuth(), (req, res) => void res.json(getAuth(req).claims.sub))
    const get = await serve(app)
    expect(await (await get('/optional')).json()).toBeNull()
    expect(await (await get('/optional', { headers: bearer(token) })).json()).toBe('alice')
    expect((await get('/optional', { headers: bearer('x') })).status).toBe(401)
    expect(await (await get('/wrong')).text()).toMatch(/getOptionalAuth/)
  })
})

describe('mistakes', () => {
  test('are found at construction', () => {
    const verifier = makeVerifier()
    expect(() => expressAuth({ verifier, relm: 'x' } as never)).toThrow(ConfigError)
    expect(() => expressAuth({ verifier, realm: 'a"b' })).toThrow(ConfigError)
    expect(() => expressAuth({} as never)).toThrow(/verifier is missing/)
    expect(() => expressAuth({ verifier }).requireAuth({ scopes: 'x' } as never)).toThrow(ConfigError)
    expect(() => expressAuth({ verifier }).optionalAuth({ scope: '' })).toThrow(ConfigError)
  })

  test('a route without a guard', async () => {
    const { getAuth } = expressAuth({ verifier: makeVerifier() })
    const app = express()
    app.get('/me', (req, res) => void res.send(getAuth(req).claims.sub))
    expect(await (await (await serve(app))('/me')).text()).toMatch(/no guard/)
  })
})

test('two verifiers live in one app', async () => {
  const first = expressAuth({ verifier: makeVerifier() })
  const second = expressAuth({ verifier: makeVerifier('https://other.example') })
  const app = express()
  app.get('/first', first.requireAuth(), (req, res) => void res.send(first.getAuth(req).claims.iss))
  app.get('/second', second.requireAuth(), (req, res) => void res.send(first.getAuth(req).claims.iss))
  const get = await serve(app)
  const other = bearer(await sign('https://other.example'))
  expect(await (await get('/first', { headers: bearer(token) })).text()).toBe('https://id.example')
  expect((await get('/first', { headers: other })).status).toBe(401)
  expect(await (await get('/second', { headers: other })).text()).toMatch(/no guard of this verifier/)
})

test('an identity from a cookie is private, unless the handler says otherwise', async () => {
  const { requireAuth } = expressAuth({ verifier: makeVerifier() })
  const app = express()
  app.get('/me', requireAuth(), (_req, res) => void res.send('me'))
  app.get('/own', requireAuth(), (_req, res) => void res.set('Cache-Control', 'max-age=5').send('me'))
  const get = await serve(app)
  const headers = { cookie: `access=${token}` }
  expect((await get('/me', { headers })).headers.get('cache-control')).toBe('private')
  expect((await get('/own', { headers })).headers.get('cache-control')).toBe('max-age=5')
})

test('onDeny takes over the answer, now or later, and what it throws is the app’s own error', async () => {
  const answers: [NonNullable<ExpressAuthOptions['onDeny']>, unknown][] = [
    [(error, _req, res) => void res.status(418).send(error.code), [418, 'token_missing']],
    [async (error, _req, res) => res.status(418).send(error.reason), [418, 'token_missing']],
    [() => Promise.reject(new Error('later')), [500, 'later']],
    [
      () => {
        throw new Error('now')
      },
      [500, 'now'],
    ],
  ]
  for (const [onDeny, expected] of answers) {
    const { requireAuth } = expressAuth({ verifier: makeVerifier(), onDeny })
    const app = express()
    app.get('/me', requireAuth(), (_req, res) => void res.send('never'))
    const response = await (await serve(app))('/me')
    expect([response.status, await response.text()]).toEqual(expected)
  }
})

test('what fails without an error lets nobody pass', async () => {
  const throwNothing = () => {
    throw undefined as unknown as Error
  }
  const id = 'https://id.example'
  const guards = [
    expressAuth({ verifier: makeVerifier(id, throwNothing) }),
    expressAuth({ verifier: makeVerifier(id, () => Promise.reject()) }),
    expressAuth({ verifier: makeVerifier('https://other.example'), onDeny: throwNothing }),
    expressAuth({ verifier: makeVerifier('https://other.example'), onDeny: () => Promise.reject() }),
  ]
  for (const { requireAuth } of guards) {
    const app = express()
    app.get('/me', requireAuth(), (_req, res) => void res.send('passed'))
    const response = await (await serve(app))('/me', { headers: bearer(token) })
    expect([response.status, await response.text()]).toEqual([500, expect.stringMatching(/no Error/)])
  }
})
