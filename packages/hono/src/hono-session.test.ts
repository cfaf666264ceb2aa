import { once } from 'node:events'
import type { Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { ConfigError, createVerifier } from '@latchkey/core'
import { createKeyring, createSessions, type SessionsOptions } from '@latchkey/session'
import { Hono, type MiddlewareHandler } from 'hono'
import { etag } from 'hono/etag'
import { afterEach, describe, expect, expectTypeOf, test } from 'vitest'
import { type HonoAuth, type HonoAuthOptions, type HonoSessionAuth, honoAuth } from './index.js'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

type Setting = Partial<SessionsOptions> & Pick<HonoAuthOptions, 'onDeny'>

const keyring = await createKeyring()

/** A check of the app's own, at once or later, that fails. */
const failing = ({ token }: { readonly token: string }): Promise<boolean> | boolean => {
  const error = new Error('the database is away')
  if (token.length % 2 === 0) throw error
  return Promise.reject(error)
}

/** An app with every session route, listening. */
async function serve({ onDeny, ...options }: Setting = {}, ...before: MiddlewareHandler[]) {
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
  const auth = honoAuth({ sessions, ...(onDeny && { onDeny }) })
  const app = new Hono()
  for (const middleware of before) app.use(middleware)
  app.post('/login', (c) => auth.session.start(c, { sub: 'alice', scope: ['read'] }))
  app.post('/session', async (c) => auth.session.start(c, (await auth.session.readJson(c)) as { sub: string }))
  app.post('/session/refresh', auth.session.refresh)
  app.delete('/session', auth.session.end)
  app.get('/me', auth.requireAuth(), (c) => c.text(c.var.auth.claims.sub ?? ''))
  app.get('/page', auth.requireAuth({ refresh: true }), (c) => c.json(c.var.auth.claims))
  app.get('/plain', auth.requireAuth({ refresh: true }), (c) => c.text('plain'))
  app.get('/tagged', auth.requireAuth({ refresh: true }), (c) => c.text('tagged', 200, { etag: '"1"' }))
  app.get('/broken', auth.requireAuth({ refresh: true }), () => {
    throw new Error('broken')
  })
  app.get('/admin', auth.requireAuth({ refresh: true, scope: 'admin' }), (c) => c.text('never'))
  app.get('/checked', auth.requireAuth({ refresh: true, check: failing }), (c) => c.text('never'))
  app.onError((error, c) => c.text(error.message, 500))
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    app,
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
  const readBefore: [string, MiddlewareHandler[]][] = [
    ['unread', []],
    ['read as JSON before', [(c, next) => c.req.json().then(() => next(), next)]],
    ['read as text before', [(c, next) => c.req.text().then(() => next())]],
    ['read as bytes before', [(c, next) => c.req.arrayBuffer().then(() => next())]],
  ]

  test.each(readBefore)('carry the tokens for native clients, %s', async (_name, before) => {
    const { ask } = await serve({ delivery: 'body' }, ...before)
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

  test('sets the cookies on a refusal or an error too, and none where there is nothing to refresh', async () => {
    const { ask, advance } = await serve()
    const cookie = cookiesOf(await ask('/login', post))
    advance(400)
    const refused = await ask('/admin', withCookie(cookie))
    expect([refused.status, refused.headers.getSetCookie().length]).toEqual([403, 2])
    const broken = await ask('/broken', withCookie(cookie))
    expect([broken.status, await broken.text(), broken.headers.getSetCookie().length]).toEqual([500, 'broken', 2])
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

  test.each(['/plain', '/tagged'])('sets the cookies on %s also where etag() runs before the guard', async (path) => {
    const { ask, advance } = await serve({}, etag())
    const cookie = cookiesOf(await ask('/login', post))
    const tag = (await ask(path, withCookie(cookie))).headers.get('etag') ?? ''
    const again = () => ask(path, { headers: { cookie, 'if-none-match': tag } })
    expect((await again()).status).toBe(304)
    advance(400)
    // A 304 of etag() has no cookies. So the browser would send its old refresh token again, and look like a thief.
    const refreshed = await again()
    expect([refreshed.status, refreshed.headers.getSetCookie().length]).toEqual([200, 2])
    expect(await refreshed.text()).toBe(path.slice(1))
  })

  test('sets the cookies also where onDeny fails', async () => {
    const onDeny = () => Promise.reject(new Error('later'))
    const { ask, advance } = await serve({ onDeny })
    const cookie = cookiesOf(await ask('/login', post))
    advance(400)
    const failed = await ask('/admin', withCookie(cookie))
    expect([failed.status, await failed.text(), failed.headers.getSetCookie().length]).toEqual([500, 'later', 2])
  })
})

test('a body is read where there is no server, and none is no body', async () => {
  const { app } = await serve({ delivery: 'body' })
  const login = await app.request('/session', { method: 'POST', body: '{"sub":"bob"}' })
  const { refreshToken } = await tokensOf(login)
  const body = JSON.stringify({ refreshToken })
  expect((await app.request('/session/refresh', { method: 'POST', body })).status).toBe(200)
  expect((await app.request('/session/refresh', { method: 'POST' })).status).toBe(401)
})

test('without sessions there is no session, in the types and at run time', () => {
  const verifier = createVerifier({ issuer: 'https://id.example', audience: 'api', secret: new Uint8Array(32).fill(7) })
  const auth = honoAuth({ verifier })
  expectTypeOf(auth).toEqualTypeOf<HonoAuth>()
  expect('session' in auth).toBe(false)
  expect(() => auth.requireAuth({ refresh: true } as never)).toThrow(ConfigError)

  const sessions = createSessions({ keyring, issuer: 'https://app.example', audience: 'https://app.example' })
  const withSessions = honoAuth({ sessions })
  expectTypeOf(withSessions).toEqualTypeOf<HonoSessionAuth>()
  expect(() => honoAuth({ verifier, sessions } as never)).toThrow(/not both/)
  for (const options of [null, 5, 'read']) {
    expect(() => withSessions.requireAuth(options as never)).toThrow(/^requireAuth: takes an object of options/)
  }
})
