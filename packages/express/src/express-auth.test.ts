import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createVerifier, type TokenSource } from '@latchkey/core'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, describe, expect, test } from 'vitest'
import { expressAuth } from './index.js'

const { publicKey, privateKey } = await generateKeyPair('ES256')
const jwk = await exportJWK(publicKey)

function makeVerifier(issuer = 'https://id.example', tokenFrom: TokenSource[] = ['header']) {
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
  test('keeps the fields that a refusal has from before, and adds no charset and no ETag', async () => {
    const { requireAuth } = expressAuth({ verifier: makeVerifier() })
    const app = express().disable('x-powered-by')
    app.use((_req, res, next) => {
      res.setHeader('Access-Control-Allow-Origin', '*')
      next()
    })
    app.get('/me', requireAuth(), (_req, res) => void res.send('never'))
    const response = await (await serve(app))('/me')
    const { date, connection, 'keep-alive': _, ...fields } = Object.fromEntries(response.headers)
    expect(fields).toEqual({
      'access-control-allow-origin': '*',
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'www-authenticate': 'Bearer',
      'content-length': '158',
    })
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
})

test('a router and an app in an app know whom the guard of their parent has found, and have guards of their own', async () => {
  const { requireAuth, getAuth } = expressAuth({ verifier: makeVerifier() })
  const router = express.Router()
  const inner = express()
  for (const each of [router, inner]) {
    each.get('/me', (req, res) => void res.send(getAuth(req).claims.sub))
    each.get('/write', requireAuth({ scope: 'write' }), (_req, res) => void res.send('never'))
  }
  const app = express()
  app.use('/guarded', requireAuth())
  app.use(['/guarded/router', '/open/router'], router)
  app.use(['/guarded/app', '/open/app'], inner)
  // What the inner app has looked at goes on in the outer one.
  app.get('/guarded/app/more', (req, res) => void res.send(getAuth(req).claims.sub))
  const get = await serve(app)
  const ask = async (path: string) => (await get(path, { headers: bearer(token) })).text()
  for (const path of ['/guarded/router/me', '/guarded/app/me', '/guarded/app/more']) {
    expect((await get(path)).status).toBe(401)
    expect(await ask(path)).toBe('alice')
  }
  for (const path of ['/guarded/router/write', '/guarded/app/write', '/open/router/write', '/open/app/write']) {
    expect(await ask(path)).toContain('scope_insufficient')
  }
  for (const path of ['/open/router/me', '/open/app/me']) expect(await ask(path)).toMatch(/no guard of this verifier/)
})

test('two verifiers look at one request: each keeps what it has found', async () => {
  const user = expressAuth({ verifier: makeVerifier('https://id.example', ['header']) })
  const service = expressAuth({ verifier: makeVerifier('https://other.example', [{ cookie: 'access' }]) })
  const app = express()
  app.get('/both', user.requireAuth(), service.requireAuth(), (req, res) => {
    res.json([user.getAuth(req).claims.iss, service.getAuth(req).claims.iss])
  })
  const headers = { ...bearer(token), cookie: `access=${await sign('https://other.example')}` }
  const found = await (await (await serve(app))('/both', { headers })).json()
  expect(found).toEqual(['https://id.example', 'https://other.example'])
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
