import { type Auth, type ClaimsSchema, ConfigError, createVerifier } from '@latchkey/core'
import { createKeyring, createSessions } from '@latchkey/session'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { fetchAuth } from './index.js'

type Member = { readonly email: string }

const { publicKey, privateKey } = await generateKeyPair('ES256')
const jwk = await exportJWK(publicKey)
const claims: ClaimsSchema<Member> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as Member }) },
}
const verifier = createVerifier({
  issuer: 'https://id.example',
  audience: 'api',
  jwks: { keys: [jwk] },
  tokenFrom: ['header', { cookie: 'access' }],
  claims,
})
const token = await new SignJWT({ email: 'a@b.example', scope: 'read' })
  .setProtectedHeader({ alg: 'ES256' })
  .setIssuer('https://id.example')
  .setAudience('api')
  .setExpirationTime('5m')
  .sign(privateKey)

const url = 'https://api.example/me'
const byHeader = () => new Request(url, { headers: { authorization: `Bearer ${token}` } })
const byCookie = (init: RequestInit = {}) =>
  new Request(url, { ...init, headers: { cookie: `access=${token}`, ...init.headers } })

/** The answer, where it came without a promise. */
function atOnce(answer: Response | Promise<Response>): Response {
  if (answer instanceof Promise) throw new Error('a promise')
  return answer
}

describe('requireAuth', () => {
  const { requireAuth, getAuth } = fetchAuth({ verifier })

  test('hands a good request on with all its arguments, and types getAuth', async () => {
    const handler = requireAuth()((request: Request, { id }: { id: string }) => {
      expectTypeOf(getAuth(request)).toEqualTypeOf<Auth<Member>>()
      return Response.json([id, getAuth(request).claims.email])
    })
    expectTypeOf(handler).parameters.toEqualTypeOf<[Request, { id: string }]>()
    // The first one waits for its key to be read.
    expect(await (await handler(byHeader(), { id: '7' })).json()).toEqual(['7', 'a@b.example'])
    expect(atOnce(handler(byHeader(), { id: '7' })).headers.get('cache-control')).toBeNull()
  })

  test('answers a refusal at once, and does not call the handler', () => {
    const handler = requireAuth()((): Response => {
      throw new Error('called')
    })
    expect(atOnce(handler(new Request(url))).status).toBe(401)
  })

  test('keeps the answer to a cookie private, also one whose fields are sealed, unless the handler says otherwise', async () => {
    const guard = requireAuth()
    const redirected = await guard(() => Response.redirect('https://api.example/home', 302))(byCookie())
    expect([redirected.status, redirected.headers.get('cache-control')]).toEqual([302, 'private'])
    const said = await guard(() => new Response(null, { headers: { 'cache-control': 'no-cache' } }))(byCookie())
    expect(said.headers.get('cache-control')).toBe('no-cache')
  })

  test('hands on undefined, as Bun takes it after an upgrade', async () => {
    expect(await requireAuth()((_request: Request) => undefined)(byCookie())).toBeUndefined()
  })

  test('knows nobody by a request that no guard has seen, or by a copy', async () => {
    expect(() => getAuth(byHeader())).toThrow(ConfigError)
    await requireAuth()((request: Request) => {
      expect(() => getAuth(request.clone())).toThrow(ConfigError)
      return Response.json({})
    })(byHeader())
  })
})

describe('sessions', async () => {
  const sessions = createSessions({ keyring: await createKeyring(), issuer: 'https://app.example', audience: 'app' })
  const { session, requireAuth } = fetchAuth({ sessions })
  const cookiesOf = (response: Response) =>
    response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';', 1)[0])
      .join('; ')

  test('routes below a path answer what is theirs, and nothing else', async () => {
    for (const [mounted, at] of [
      ['/auth', 'https://api.example/auth'],
      ['/auth/', 'https://api.example/auth'],
      ['/', 'https://api.example'],
    ] as const) {
      const routes = session.routes(mounted)
      const login = await session.start(new Request(url, { method: 'POST' }), { sub: 'alice' })
      const ask = (method: string, path: string, cookie: string) =>
        routes(new Request(at + path, { method, headers: { cookie } }))
      const refreshed = await ask('POST', '/refresh?a=b', cookiesOf(login))
      expect(refreshed?.status).toBe(200)
      expect((await ask('POST', '/device', ''))?.status).toBe(403)
      expect((await ask('HEAD', '/jwks.json', ''))?.status).toBe(200)
      const cookies = refreshed === undefined ? '' : cookiesOf(refreshed)
      expect((await ask('DELETE', '/all', cookies))?.status).toBe(204)
      expect((await ask('DELETE', '', cookies))?.status).toBe(204)
      expect(ask('GET', '/refresh', '')).toBeUndefined()
      expect(ask('POST', '/refreshed', '')).toBeUndefined()
    }
    const elsewhere = new Request('https://api.example/authrefresh', { method: 'POST' })
    expect(session.routes('/auth')(elsewhere)).toBeUndefined()
    expect(() => session.routes('auth')).toThrow(ConfigError)
  })

  test('an error of the app that follows a refresh is passed on, and the old cookie is good once more', async () => {
    const login = await session.start(new Request(url, { method: 'POST' }), { sub: 'alice' })
    const cookie = cookiesOf(login).replace(/^.*(__Host-refresh=[^;]*).*$/, '$1')
    const visit = (options: { readonly check?: () => boolean }, handler: () => Response) =>
      requireAuth({ refresh: true, ...options })(handler)(new Request(url, { headers: { cookie } }))
    const error = new Error('of the app')
    const fail = () => {
      throw error
    }
    await expect(visit({ check: fail }, () => new Response())).rejects.toBe(error)
    await expect(visit({}, fail)).rejects.toBe(error)
    const answer = await visit({}, () => new Response())
    expect(answer.status).toBe(200)
    expect(answer.headers.getSetCookie()).toHaveLength(2)
  })

  test('bodies are read once, and what is no JSON is nothing', async () => {
    const sent = (body: string) => session.readJson(new Request(url, { method: 'POST', body }))
    expect(await sent('{"sub":"a"}')).toEqual({ sub: 'a' })
    expect(await sent('{')).toBeUndefined()
    expect(await session.readJson(new Request(url))).toBeUndefined()
  })
})

test('work that outlasts the answer is given to the platform', async () => {
  const given: unknown[] = []
  const work = Promise.resolve()
  const authenticate: typeof verifier.authenticate = (view, requirement) => {
    view.waitUntil?.(work)
    return verifier.authenticate(view, requirement)
  }
  const { requireAuth } = fetchAuth({ verifier: { ...verifier, authenticate } })
  const handler = requireAuth()((_request: Request, _bindings: object, _context: object) => new Response())
  await handler(byHeader(), {}, { waitUntil: (promise: unknown) => given.push(promise) })
  expect(given).toEqual([work])
})
