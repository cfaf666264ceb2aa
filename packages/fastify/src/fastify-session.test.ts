import fastifyCookie from '@fastify/cookie'
import { ConfigError, createVerifier } from '@latchkey/core'
import { createKeyring, createSessions, type SessionEvent, type SessionsOptions } from '@latchkey/session'
import { type FastifyInstance, fastify } from 'fastify'
import { afterEach, describe, expect, expectTypeOf, test } from 'vitest'
import { type FastifyAuth, type FastifySessionAuth, fastifyAuth } from './index.js'

const apps: FastifyInstance[] = []
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close()
})

const keyring = await createKeyring()

/** A check of the app's own, at once or later, that fails. */
const failing = ({ token }: { readonly token: string }): Promise<boolean> | boolean => {
  const error = new Error('the database is away')
  if (token.length % 2 === 0) throw error
  return Promise.reject(error)
}

/** An app with every session route, listening. */
async function serve(options: Partial<SessionsOptions> = {}, prepare = async (_app: FastifyInstance) => {}) {
  let now = Math.floor(Date.now() / 1000)
  const events: { readonly type: string }[] = []
  const sessions = createSessions({
    keyring,
    issuer: 'https://app.example',
    audience: 'https://app.example',
    clock: () => now,
    onEvent: (event) => events.push(event),
    ...options,
  })
  const auth = fastifyAuth({ sessions })
  const app = fastify({ forceCloseConnections: true })
  apps.push(app)
  await prepare(app)
  await app.register(auth.plugin)
  app.setErrorHandler((error: Error, _request, reply) => reply.code(500).send(error.message))
  app.post('/login', async (_request, reply) => auth.session.start(reply, { sub: 'alice', scope: ['read'] }))
  app.post('/session', async (request, reply) =>
    auth.session.start(reply, (await auth.session.readJson(request)) as { sub: string }),
  )
  app.post('/session/refresh', auth.session.refresh)
  app.delete('/session', auth.session.end)
  app.get('/me', { onRequest: auth.requireAuth() }, async (request) => auth.getAuth(request).claims.sub)
  app.get('/page', { onRequest: auth.requireAuth({ refresh: true }) }, async (request) => auth.getAuth(request).claims)
  app.get('/admin', { onRequest: auth.requireAuth({ refresh: true, scope: 'admin' }) }, async () => 'never')
  app.get('/checked', { onRequest: auth.requireAuth({ refresh: true, check: failing }) }, async () => 'never')
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  return {
    events,
    advance: (seconds: number) => {
      now += seconds
    },
    ask: (path: string, init?: RequestInit) => fetch(`${url}${path}`, init),
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
const withCookie = (cookie: string, init: RequestInit = {}) => ({ ...init, headers: { ...init.headers, cookie } })

const rejected =
  '{"type":"about:blank","title":"Unauthorized","status":401,"code":"refresh_rejected","detail":"The refresh token is not accepted. Log in again."}'
const malformed =
  '{"type":"about:blank","title":"Bad Request","status":400,"code":"request_malformed","detail":"The request is malformed: credentials or body are not of the expected form."}'

describe('the verbs, in cookies', () => {
  test.each(['before', 'in a parent', 'in a child'])(
    'meet the cookies that the app sets through @fastify/cookie, registered %s, and take none of its defaults',
    async (place) => {
      const sessions = createSessions({ keyring, issuer: 'https://app.example', audience: 'https://app.example' })
      const auth = fastifyAuth({ sessions })
      const app = fastify()
      apps.push(app)
      const parseOptions = { domain: 'app.example', path: '/app', sameSite: 'none', httpOnly: false } as const
      const routes = async (scope: FastifyInstance) => {
        if (place === 'in a child') await scope.register(fastifyCookie, { parseOptions })
        await scope.register(auth.plugin)
        scope.post('/login', async (_request, reply) => {
          reply.header('set-cookie', 'first=1').setCookie('theme', 'dark')
          return auth.session.start(reply, { sub: 'alice' })
        })
      }
      if (place !== 'in a child') await app.register(fastifyCookie, { parseOptions })
      await (place === 'before' ? routes(app) : app.register(routes))
      const sent = (await app.inject({ method: 'POST', url: '/login' })).headers['set-cookie']
      expect(sent).toEqual([
        'first=1',
        'theme=dark; Domain=app.example; Path=/app; SameSite=None',
        expect.stringMatching(/^__Host-access=[\w.-]+; Max-Age=300; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
        expect.stringMatching(/^__Host-refresh=[\w.-]+; Max-Age=1296000; Path=\/; HttpOnly; Secure; SameSite=Strict$/),
      ])
    },
  )

  test('come with @fastify/cookie where the app has not registered it, and again does nothing', async () => {
    const auth = fastifyAuth({
      sessions: createSessions({ keyring, issuer: 'https://app.example', audience: 'https://app.example' }),
    })
    const app = fastify()
    apps.push(app)
    await app.register(auth.plugin)
    await app.register(async (child) => {
      await child.register(auth.plugin)
      child.get('/me', { onRequest: auth.requireAuth() }, async (request) => auth.getAuth(request).claims.sub)
    })
    expect([app.hasPlugin('@fastify/cookie'), (await app.inject('/me')).statusCode]).toEqual([true, 401])
  })

  test('say so where the plugin is missing', async () => {
    const auth = fastifyAuth({
      sessions: createSessions({ keyring, issuer: 'https://app.example', audience: 'https://app.example' }),
    })
    const app = fastify()
    apps.push(app)
    app.post('/login', async (_request, reply) => auth.session.start(reply, { sub: 'alice' }))
    const failed = await app.inject({ method: 'POST', url: '/login' })
    expect([failed.statusCode, failed.json().message]).toEqual([500, expect.stringContaining('app.register(plugin)')])
  })

  test('answer once, also where the app takes its time over a reply', async () => {
    const sent: unknown[] = []
    const slowly = async (app: FastifyInstance) => {
      app.addHook('onSend', async (_request, _reply, payload) => {
        sent.push(payload)
        await new Promise(setImmediate)
      })
    }
    const { ask } = await serve({}, slowly)
    const login = await ask('/login', post)
    expect([login.status, await login.text(), sent.length]).toEqual([200, '{"expiresIn":300}', 1])
    const ended = await ask('/session', withCookie(cookiesOf(login), remove))
    expect([ended.status, sent.length]).toEqual([204, 2])
  })
})

describe('bodies', () => {
  const json = (body: string, type = 'application/json') => ({ ...post, body, headers: { 'content-type': type } })

  test('carry the tokens for native clients', async () => {
    const { ask } = await serve({ delivery: 'body' })
    const login = await ask('/login', post)
    const { refreshToken, accessToken, ...rest } = await tokensOf(login)
    expect([rest, login.headers.getSetCookie()]).toEqual([{ expiresIn: 300, tokenType: 'Bearer' }, []])
    expect((await ask('/me', { headers: { authorization: `Bearer ${accessToken}` } })).status).toBe(200)
    const next = await tokensOf(await ask('/session/refresh', json(JSON.stringify({ refreshToken }))))
    // As text, and without any type: content types are not looked at.
    const asText = await ask(
      '/session/refresh',
      json(JSON.stringify({ refreshToken: next.refreshToken }), 'text/plain'),
    )
    const last = await tokensOf(asText)
    expect(asText.status).toBe(200)
    const ended = await ask('/session', { ...json(JSON.stringify({ refreshToken: last.refreshToken })), ...remove })
    expect([ended.status, ended.headers.getSetCookie()]).toEqual([204, []])
    expect((await ask('/session/refresh', json(JSON.stringify({ refreshToken: last.refreshToken })))).status).toBe(401)
  })

  test.each([
    ['no JSON', json('{"refreshToken":')],
    ['of a type that it does not parse', json('{}', 'application/xml')],
    ['more than it takes', json(`"${'x'.repeat(2 ** 21)}"`)],
  ])('that Fastify refuses, %s, are its own error, and no verb runs past the hooks', async (_name, init) => {
    const { ask, events } = await serve()
    const login = await ask('/login', post)
    const failed = await ask('/session/refresh', withCookie(cookiesOf(login), init))
    expect([failed.status, failed.headers.getSetCookie()]).toEqual([500, []])
    expect(events.map(({ type }) => type)).toEqual(['session_started'])
  })

  test('that are missing present no token', async () => {
    const { ask } = await serve({ delivery: 'body' })
    for (const init of [post, json('{}'), json('', 'text/plain')]) {
      const refused = await ask('/session/refresh', init)
      expect([refused.status, await refused.text()]).toEqual([401, rejected])
    }
    expect((await ask('/session', remove)).status).toBe(204)
  })

  test('are read here where Fastify leaves them', async () => {
    const unparsed = async (app: FastifyInstance) => {
      app.addHttpMethod('POST', { hasBody: false, overrideExisting: true })
    }
    const { ask } = await serve({ delivery: 'body' }, unparsed)
    const { refreshToken } = await tokensOf(await ask('/session', json('{"sub":"bob"}', 'application/xml')))
    expect((await ask('/session/refresh', json(JSON.stringify({ refreshToken })))).status).toBe(200)
    for (const body of [
      '',
      '{',
      '[]',
      '{"sub":1}',
      '{"sub":"bob","scope":"read"}',
      '{"sub":"bob","claims":{"exp":1}}',
    ]) {
      const refused = await ask('/session', json(body))
      expect([refused.status, await refused.text()]).toEqual([400, malformed])
    }
  })

  test('other routes keep Fastify’s own answer', async () => {
    const { ask } = await serve()
    const refused = await ask('/session', json('{'))
    expect([refused.status, await refused.text()]).toEqual([500, expect.stringMatching(/not valid JSON/)])
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
    const refreshed = events.filter((event) => (event as SessionEvent).type === 'session_refreshed')
    expect(refreshed.filter((event) => 'repeated' in event && !event.repeated)).toHaveLength(1)
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
  const auth = fastifyAuth({ verifier })
  expectTypeOf(auth).toEqualTypeOf<FastifyAuth>()
  expect('session' in auth).toBe(false)
  expect(() => auth.requireAuth({ refresh: true } as never)).toThrow(ConfigError)

  const sessions = createSessions({ keyring, issuer: 'https://app.example', audience: 'https://app.example' })
  const withSessions = fastifyAuth({ sessions })
  expectTypeOf(withSessions).toEqualTypeOf<FastifySessionAuth>()
  expect(() => fastifyAuth({ verifier, sessions } as never)).toThrow(/not both/)
})
