import { once } from 'node:events'
import type { Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { ConfigError, createVerifier } from '@latchkey/core'
import { createKeyring, createSessions, type SessionsOptions } from '@latchkey/session'
import express, { type Express, type NextFunction, type Request, type Response as Res } from 'express'
import { afterEach, describe, expect, expectTypeOf, test } from 'vitest'
import { type ExpressAuth, type ExpressSessionAuth, expressAuth } from './index.js'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

const keyring = await createKeyring()

/** A check of the app's own, at once or later, that fails. */
const failing = ({ token }: { readonly token: string }): Promise<boolean> | boolean => {
  const error = new Error('the database is away')
  if (token.length % 2 === 0) throw error
  return Promise.reject(error)
}

/** An app with every session route, listening. */
async function serve(options: Partial<SessionsOptions> = {}, prepare = (_app: Express) => {}) {
  let now = Math.floor(Date.now() / 1000)
  const events: { readonly type: string; readonly repeated?: boolean }[] = []
  const sessions = createSessions({
    keyring,
    issuer: 'https://app.example',
    audience: 'https://app.example',
    clock: () => now,
    onEvent: (event) => events.push(event),
    ...options,
  })
  const auth = expressAuth({ sessions })
  const app = express().disable('x-powered-by')
  prepare(app)
  app.post('/login', (_req, res) => auth.session.start(res, { sub: 'alice', scope: ['read'] }))
  app.post('/session', async (req, res) =>
    auth.session.start(res, (await auth.session.readJson(req)) as { sub: string }),
  )
  app.post('/session/refresh', auth.session.refresh)
  app.delete('/session', auth.session.end)
  app.get('/me', auth.requireAuth(), (req, res) => void res.send(auth.getAuth(req).claims.sub))
  app.get('/page', auth.requireAuth({ refresh: true }), (req, res) => void res.json(auth.getAuth(req).claims))
  app.get('/admin', auth.requireAuth({ refresh: true, scope: 'admin' }), (_req, res) => void res.send('never'))
  app.get('/checked', auth.requireAuth({ refresh: true, check: failing }), (_req, res) => void res.send('never'))
  app.use((error: Error, _req: Request, res: Res, _next: NextFunction) => void res.status(500).send(error.message))
  const server = app.listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    events,
    advance: (seconds: number) => {
      now += seconds
    },
    ask: (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init),
  }
}

/** What a browser would send back of the cookies that it was sent. */
function cookiesOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ')
}

interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}

async function tokensOf(response: Response): Promise<Tokens> {
  return (await response.json()) as Tokens
}

const post = { method: 'POST' }
const remove = { method: 'DELETE' }
const withCookie = (cookie: string, init: RequestInit = {}) => ({ ...init, headers: { cookie } })
const json = (body: string, type = 'application/json') => ({ ...post, body, headers: { 'content-type': type } })

describe('bodies', () => {
  const parsers = [
    ['no parser', (_app: Express) => {}],
    ['express.json', (app: Express) => void app.use(express.json())],
    ['express.text', (app: Express) => void app.use(express.text({ type: () => true }))],
    ['express.raw', (app: Express) => void app.use(express.raw({ type: () => true }))],
  ] as const

  test.each(parsers)('carry the tokens for native clients, with %s', async (_name, prepare) => {
    const { ask } = await serve({ delivery: 'body' }, prepare)
    const login = await ask('/session', json('{"sub":"bob"}'))
    const { refreshToken, accessToken, ...rest } = await tokensOf(login)
    expect([rest, login.headers.getSetCookie()]).toEqual([{ expiresIn: 300, tokenType: 'Bearer' }, []])
    expect((await ask('/me', { headers: { authorization: `Bearer ${accessToken}` } })).status).toBe(200)
    // Content types are not looked at.
    const next = await ask('/session/refresh', json(JSON.stringify({ refreshToken }), 'text/html'))
    const last = JSON.stringify({ refreshToken: (await tokensOf(next)).refreshToken })
    const ended = await ask('/session', { ...json(last), ...remove })
    expect([next.status, ended.status, ended.headers.getSetCookie()]).toEqual([200, 204, []])
    expect((await ask('/session/refresh', json(last))).status).toBe(401)
    expect((await ask('/session/refresh', post)).status).toBe(401)
    expect((await ask('/session', remove)).status).toBe(204)
  })

  test('that break off trouble nobody', async () => {
    const { ask, port, events } = await serve({ delivery: 'body' })
    const socket = connect(port, '127.0.0.1')
    socket.write('POST /session/refresh HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{')
    // Only once the request is being read does breaking it off prove anything.
    await once(servers[0] as Server, 'request')
    socket.destroy()
    await once(socket, 'close')
    await expect.poll(() => events).toEqual([expect.objectContaining({ code: 'request_malformed' })])
    expect((await ask('/login', post)).status).toBe(200)
  })
})

describe('refresh in passing', () => {
  test('shares one rotation among parallel requests, and gives each the cookies', async () => {
    const { ask, events, advance } = await serve()
    const cookie = cookiesOf(await ask('/login', post))
    advance(400)
    expect((await ask('/me', withCookie(cookie))).status).toBe(401)
    const pages = await Promise.all(Array.from({ length: 10 }, () => ask('/page', withCookie(cookie))))
    expect(pages.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect(pages.map((page) => page.headers.get('cache-control'))).toEqual(Array(10).fill('no-store'))
    const refreshCookies = pages.map((page) => page.headers.getSetCookie()[1])
    expect(new Set(refreshCookies).size).toBe(1)
    expect(refreshCookies[0]).toMatch(/^__Host-refresh=/)
    expect(events.filter(({ repeated }) => repeated === false)).toHaveLength(1)
  })

  test('sets the cookies on a refusal too, and none where there is nothing to refresh', async () => {
    const { ask, advance } = await serve()
    const cookie = cookiesOf(await ask('/login', post))
    advance(400)
    const refused = await ask('/admin', withCookie(cookie))
    expect([refused.status, refused.headers.getSetCookie().length]).toEqual([403, 2])
    const ended = await ask('/page', withCookie('__Host-refresh=x'))
    expect([ended.status, ended.headers.getSetCookie()]).toEqual([401, []])
  })

  test('sets the cookies also where a check of the app fails, so that the next request is nobody’s theft', async () => {
    const { ask, advance, events } = await serve({ reuseGrace: 0 })
    let cookie = cookiesOf(await ask('/login', post))
    for (let round = 0; round < 4; round++) {
      advance(400)
      const failed = await ask('/checked', withCookie(cookie))
      expect([failed.status, await failed.text()]).toEqual([500, expect.stringContaining('the database is away')])
      expect(failed.headers.get('cache-control')).toBe('no-store')
      cookie = cookiesOf(failed)
    }
    expect((await ask('/page', withCookie(cookie))).status).toBe(200)
    expect(events).not.toContainEqual(expect.objectContaining({ type: 'session_ended' }))
  })
})

test('without sessions there is no session, in the types and at run time', () => {
  const verifier = createVerifier({ issuer: 'https://id.example', audience: 'api', secret: new Uint8Array(32).fill(7) })
  const auth = expressAuth({ verifier })
  expectTypeOf(auth).toEqualTypeOf<ExpressAuth>()
  expect('session' in auth).toBe(false)
  expect(() => auth.requireAuth({ refresh: true } as never)).toThrow(ConfigError)

  const sessions = createSessions({ keyring, issuer: 'https://app.example', audience: 'https://app.example' })
  const withSessions = expressAuth({ sessions })
  expectTypeOf(withSessions).toEqualTypeOf<ExpressSessionAuth>()
  expect(() => expressAuth({ verifier, sessions } as never)).toThrow(/not both/)
})
