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
  const { requireAuth, getAuth, getOptionalAuth } = fetchAuth({ verifier })

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

  test('answers a refusal itself, and does not call the handler', async () => {
    const handler = fetchAuth({ verifier, realm: 'api' }).requireAuth()((): Response => {
      throw new Error('called')
    })
    const response = atOnce(handler(new Request(url)))
    expect(response.status).toBe(401)
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'www-authenticate': 'Bearer realm="api"',
      'content-length': '158',
    })
    expect(await response.json()).toMatchObject({ status: 401, code: 'token_missing' })
  })

  test('asks for scopes', async () => {
    const response = await requireAuth({ scope: 'write' })(() => Response.json({}))(byHeader())
    expect(response.headers.get('www-authenticate')).toContain('scope="write"')
  })

  test('keeps the answer to a cookie private, also one whose fields are sealed, unless the handler says otherwise', async () => {
    const guard = requireAuth()
    const redirected = await guard(() => Response.redirect('https://api.example/home', 302))(byCookie())
    expect([redirected.status, redirected.headers.get('cache-control')]).toEqual([302, 'private'])
    const said = await guard(() => new Response(null, { headers: { 'cache-control': 'no-cache' } }))(byCookie())
    expect(said.headers.get('cache-control')).toBe('no-cache')
  })

  test('refuses what another site sends with the cookie', async () => {
    const sent = byCookie({ method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } })
    const response = await requireAuth()(() => Response.json({}))(sent)
    expect(await response.json()).toMatchObject({ code: 'origin_rejected' })
  })

  test('hands on undefined, as Bun takes it after an upgrade', async () => {
    expect(await requireAuth()((_request: Request) => undefined)(byCookie())).toBeUndefined()
  })

  test('a request that no guard has seen, a copy of one, and nobody', async () => {
    expect(() => getAuth(byHeader())).toThrow(ConfigError)
    await requireAuth()((request: Request) => {
      expect(() => getAuth(request.clone())).toThrow(ConfigError)
      return Response.json({})
    })(byHeader())
    const { optionalAuth } = fetchAuth({ verifier })
    expect(() => getOptionalAuth(new Request(url))).toThrow(ConfigError)
    expect((await optionalAuth()(() => new Response('hello'))(new Request(url))).status).toBe(200)
    expect(
      (await optionalAuth()(() => new Response())(new Request(url, { headers: { authorization: 'Bearer x' } }))).status,
    ).toBe(401)
  })

  test('bad options are refused', () => {
    expect(() => fetchAuth({} as never)).toThrow(ConfigError)
    expect(() => requireAuth({ scope: '' })).toThrow(ConfigError)
    expect(() => requireAuth({ refresh: true } as never)).toThrow(ConfigError)
  })
})

test('requireSameOrigin asks where a request comes from, and nothing else', async () => {
  const handler = fetchAuth({ verifier }).requireSameOrigin()(() => new Response('done'))
  const from = (site: string) => new Request(url, { method: 'POST', headers: { 'sec-fetch-site': site } })
  expect((await handler(from('same-origin'))).status).toBe(200)
  expect((await handler(from('cross-site'))).status).toBe(403)
})

describe('sessions', async () => {
  const sessions = createSessions({ keyring: await createKeyring(), issuer: 'https://app.example', audience: 'app' })
  const { session, requireAuth, getAuth } = fetchAuth({ sessions })
  const cookiesOf = (response: Response) =>
    response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';', 1)[0])
      .join('; ')

  test('a log-in, a refresh in passing whose cookies the response carries, a log-out', async () => {
    const login = await session.start(new Request(url, { method: 'POST' }), { sub: 'alice' })
    expect([login.status, await login.json()]).toEqual([200, { expiresIn: 300 }])
    const refreshOnly = cookiesOf(login)
      .split('; ')
      .filter((pair) => pair.includes('refresh'))
      .join('; ')

    const page = requireAuth({ refresh: true })((request: Request) => Response.json(getAuth(request).claims.sub))
    const passed = await page(new Request(url, { headers: { cookie: refreshOnly } }))
    expect([passed.status, await passed.json(), passed.headers.get('cache-control')]).toEqual([
      200,
      'alice',
      'no-store',
    ])
    expect(passed.headers.getSetCookie()).toHaveLength(2)

    const ended = await session.end(new Request(url, { method: 'DELETE', headers: { cookie: cookiesOf(passed) } }))
    expect([ended.status, await ended.text()]).toEqual([204, ''])
    const late = await session.refresh(new Request(url, { method: 'POST', headers: { cookie: cookiesOf(passed) } }))
    expect(await late.json()).toMatchObject({ code: 'refresh_rejected' })
  })

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
