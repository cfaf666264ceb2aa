import { execFileSync, spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { programOf } from '../contract/runtime.js'
import { freePort, Program } from '../servers/program.js'
import { RedisServer } from '../servers/redis-server.js'
import { workspace } from '../workspace.js'
import { examples, folderOf } from './examples.js'

// Each example answers the same, whatever runs it: log-in, a guard, a scope, a refresh in passing, log-out.

let redis: RedisServer
beforeAll(async () => {
  redis = await RedisServer.start()
})
afterAll(() => redis.stop())

/** What a page of the app's own sends with a request that changes something. */
const ownPage = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }

/** The cookies that a response sets, by name. */
function cookiesOf(response: Response): Map<string, string> {
  const pairs = response.headers.getSetCookie().map((field) => field.split(';', 1).join())
  return new Map(pairs.map((pair): [string, string] => [pair.slice(0, pair.indexOf('=')), pair]))
}

describe.each(examples.map((example) => [example.name, example] as const))('%s', (_name, example) => {
  let app: Program
  let url: string

  beforeAll(async () => {
    const [cwd, program, port] = [folderOf(example), await programOf(example.runtime), await freePort()]
    url = `http://127.0.0.1:${port}`
    const env = {
      ...process.env,
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      WRANGLER_SEND_METRICS: 'false',
      PORT: String(port),
      ORIGIN: url,
      REDIS_URL: redis.url,
      SIGNING_KEY: JSON.stringify({
        ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
        kid: 'key',
        alg: 'ES256',
      }),
    }
    if (example.build !== undefined) execFileSync(program, example.build, { cwd, env })
    app = new Program(program, example.start(port), { cwd, env })
    await app.until(() => fetch(`${url}/me`))
  })
  afterAll(() => app?.signal('SIGTERM'))

  const post = (path: string, headers: Record<string, string>, body?: object) =>
    fetch(`${url}${path}`, { method: 'POST', headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })

  async function logIn(name: string): Promise<{ access: string; refresh: string }> {
    const response = await post('/log-in', ownPage, { name })
    expect(response.status, await response.text()).toBe(200)
    const cookies = cookiesOf(response)
    return { access: cookies.get('__Host-access') ?? '', refresh: cookies.get('__Host-refresh') ?? '' }
  }

  test('has no error of types', async () => {
    const cwd = folderOf(example)
    if (example.types !== undefined) execFileSync(await programOf(example.runtime), example.types, { cwd })
    const tsc = join(workspace, 'node_modules/typescript/bin/tsc')
    const { status, stdout } = spawnSync(process.execPath, [tsc, '--noEmit', '-p', cwd], { encoding: 'utf8' })
    expect([status, stdout]).toEqual([0, ''])
  })

  test('refuses a request without a token: 401, a challenge and a problem document', async () => {
    const response = await fetch(`${url}/me`)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ code: 'token_missing' })
  })

  test('refuses whom it does not know at log-in', async () => {
    const response = await post('/log-in', ownPage, { name: 'nobody' })
    expect([response.status, response.headers.getSetCookie()]).toEqual([401, []])
  })

  test('lets in whoever is logged in', async () => {
    const { access } = await logIn('alice')
    const response = await fetch(`${url}/me`, { headers: { cookie: access } })
    expect([response.status, await response.json()]).toEqual([200, { sub: 'alice' }])
  })

  test('refuses a token that lacks the scope: 403; has it: 201', async () => {
    const [alice, editor] = [await logIn('alice'), await logIn('editor')]
    const refused = await post('/posts', { ...ownPage, cookie: alice.access })
    expect([refused.status, await refused.json()]).toMatchObject([403, { code: 'scope_insufficient' }])
    const created = await post('/posts', { ...ownPage, cookie: editor.access })
    expect([created.status, await created.json()]).toEqual([201, { author: 'editor' }])
  })

  test('refuses a cookie that another site’s page sent along', async () => {
    const { access } = await logIn('editor')
    const headers = { ...ownPage, cookie: access, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    const response = await post('/posts', headers)
    expect([response.status, await response.json()]).toMatchObject([403, { code: 'origin_rejected' }])
  })

  test('refreshes in passing: the answer brings the new cookies, and no cache keeps it', async () => {
    const { access, refresh } = await logIn('alice')
    const response = await fetch(`${url}/me`, { headers: { cookie: refresh } })
    expect([response.status, await response.json()]).toEqual([200, { sub: 'alice' }])
    const cookies = cookiesOf(response)
    expect([...cookies.keys()].sort()).toEqual(['__Host-access', '__Host-refresh'])
    expect(cookies.get('__Host-refresh')).not.toBe(refresh)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const again = await fetch(`${url}/me`, { headers: { cookie: cookies.get('__Host-access') ?? access } })
    expect(await again.json()).toEqual({ sub: 'alice' })
  })

  if (example.hasPage)
    test('refreshes in passing beside a page, too, which knows who is there', async () => {
      const { refresh } = await logIn('alice')
      const response = await fetch(`${url}/account`, { headers: { cookie: refresh } })
      expect(response.status).toBe(200)
      // React puts a comment between two texts.
      expect((await response.text()).replaceAll('<!-- -->', '')).toContain('Signed in as alice')
      expect([...cookiesOf(response).keys()].sort()).toEqual(['__Host-access', '__Host-refresh'])
      expect((await fetch(`${url}/account`)).status).toBe(401)
    })

  test('logs out: the session refreshes no more', async () => {
    const { refresh } = await logIn('alice')
    const headers = { ...ownPage, cookie: refresh }
    expect((await fetch(`${url}/session`, { method: 'DELETE', headers })).status).toBe(204)
    expect((await post('/session/refresh', headers)).status).toBe(401)
  })
})
