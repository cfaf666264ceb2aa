import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createVerifier } from '@latchkey/core'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, describe, expect, test } from 'vitest'
import { expressAuth } from './index.js'

const { publicKey, privateKey } = await generateKeyPair('ES256')
const jwk = await exportJWK(publicKey)

function makeVerifier(issuer = 'https://id.example') {
  return createVerifier({ issuer, audience: 'api', jwks: { keys: [jwk] } })
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
