import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type ContractServer,
  everyFramework,
  frameworks,
  startRefused,
  startServer,
} from '../conformance/harness/contract-server.js'
import { needs } from '../servers/needs.js'
import { PostgresServer, postgresMissing } from '../servers/postgres-server.js'
import { RedisServer, redisMissing } from '../servers/redis-server.js'

const issuer = 'https://app.example'
const sessions = { issuer, audience: issuer }

interface Answer {
  readonly status: number
  readonly fields: Readonly<Record<string, string>>
  readonly setCookie: readonly string[]
  readonly body: string
}

async function ask(server: ContractServer, method: string, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { ...init, method })
  const { date, connection, 'keep-alive': _, 'set-cookie': __, ...fields } = Object.fromEntries(response.headers)
  return { status: response.status, fields, setCookie: response.headers.getSetCookie(), body: await response.text() }
}

function cookiesOf({ setCookie }: Answer): RequestInit {
  return { headers: { cookie: setCookie.map((cookie) => cookie.split(';', 1)[0]).join('; ') } }
}

/** Logs in, refreshes and logs out everywhere. Returns every response. */
async function story(server: ContractServer, sub: string): Promise<Answer[]> {
  const body = JSON.stringify({ sub, scope: ['read'], claims: { plan: 'pro' } })
  const login = await ask(server, 'POST', '/session', { body })
  const refreshed = await ask(server, 'POST', '/session/refresh', cookiesOf(login))
  const me = await ask(server, 'GET', '/read', cookiesOf(refreshed))
  const all = await ask(server, 'DELETE', '/session/all', cookiesOf(refreshed))
  const late = await ask(server, 'POST', '/session/refresh', cookiesOf(refreshed))
  const malformed = await ask(server, 'POST', '/session', { body: '[' })
  return [login, refreshed, me, all, late, malformed]
}

/** A cookie's name and attributes, sorted. Express states the expiry twice. */
function attributesOf(cookie: string): readonly string[] {
  const [name = '', ...attributes] = cookie.split('; ')
  return [name.replace(/=.*/, '=…'), ...attributes.filter((each) => !each.startsWith('Expires=')).sort()]
}

/** The response without the parts that differ in each session. */
function shape({ status, fields, setCookie, body }: Answer) {
  const ids = /"(sub|iat|exp|jti|sid)":("[^"]*"|\d+)/g
  return {
    status,
    fields,
    setCookie: setCookie.map(attributesOf),
    body: body.replaceAll(ids, '"$1":…'),
  }
}

const stores = [
  { name: 'memory', missing: undefined, start: async () => ({ url: 'memory', stop: async () => {} }) },
  { name: 'Redis', missing: redisMissing, start: () => RedisServer.start() },
  { name: 'PostgreSQL', missing: postgresMissing, start: () => PostgresServer.start() },
]

describe.each(stores)('sessions on $name', ({ missing, start }) => {
  describe('the contract server', needs(missing), () => {
    let store: { readonly url: string; stop(): Promise<unknown> }
    beforeAll(async () => {
      store = await start()
    })
    afterAll(() => store?.stop())

    test('answers alike in every framework, all of them started at once, and stops with the store connected', async () => {
      const configuration = { issuers: [], sessions: { ...sessions, store: store.url, revocation: 'immediate' } }
      const servers = await Promise.all(
        [...frameworks, ...frameworks.slice(0, 1)].map((framework) => startServer(framework, configuration)),
      )
      const stories = await Promise.all(servers.map((server, i) => story(server, `user ${i}`)))
      expect(stories[0]?.map(({ status }) => status)).toEqual([200, 200, 200, 204, 401, 400])
      for (const other of stories) expect(other.map(shape)).toEqual(stories[0]?.map(shape))

      const endings = await Promise.all(servers.map((server) => server.stop()))
      for (const { code, milliseconds, stderr } of endings) {
        expect({ code, stderr, inTime: milliseconds < 2000 }).toEqual({ code: 0, stderr: '', inTime: true })
      }
    })
  })
})

test('without sessions there are no session routes', async () => {
  const audience = 'https://api.example'
  for (const framework of everyFramework) {
    const server = await startServer(framework, { issuers: [{ issuer, audience }] })
    const answers = [
      await ask(server, 'POST', '/session', { body: '{"sub":"alice"}' }),
      await ask(server, 'POST', '/session/refresh'),
      await ask(server, 'DELETE', '/session'),
      await ask(server, 'GET', '/.well-known/jwks.json'),
    ]
    await server.stop()
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404])
  }
})

test.each([
  ['sessions without an issuer', { audience: issuer }],
  ['sessions with an unknown option', { ...sessions, secure: false }],
  ['an unknown kind of store', { ...sessions, store: 'mysql://127.0.0.1' }],
  ['no keys', { ...sessions, keys: [] }],
  ['a negative life', { ...sessions, accessTokenTtl: -1 }],
])('refuses %s', async (_name, refused) => {
  const { code, stderr } = await startRefused('fastify', { issuers: [], sessions: refused })
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^ConfigError: [^\n]+\n$/)])
})
