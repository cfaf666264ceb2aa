import { expect } from 'vitest'
import { fieldOf } from '../../harness/raw-http.js'
import { type App, withBearer } from '../harness/app.js'
import { expectSignedIn } from '../harness/expectations.js'
import { type PrivateJwk, privateKeys } from '../harness/plans.js'
import { inBothDeliveries, type SessionCase, type SessionTopic } from '../harness/session-case.js'
import { headerOf } from '../harness/tokens.js'

const target = '/.well-known/jwks.json'
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/** The keys that the route publishes. */
export async function publishedKeys(app: App): Promise<readonly { readonly [member: string]: unknown }[]> {
  const { body } = await app.aside((side) => side.send('GET', target))
  const set: { keys: { [member: string]: unknown }[] } = JSON.parse(body)
  return set.keys
}

/** What is published of a private key. */
export function publicPart(key: PrivateJwk): object {
  return Object.fromEntries(Object.entries(key).filter(([name]) => !privateMembers.includes(name)))
}

const publishing: readonly SessionCase[] = inBothDeliveries([
  {
    name: 'the key set is public, may be kept for a while, and has no private member',
    run: async (app) => {
      const response = await app.aside((side) => side.send('GET', target))
      expect(response).toMatchObject({ status: 200 })
      expect(fieldOf(response, 'content-type')).toMatch(/^application\/(jwk-set\+)?json$/)
      expect(fieldOf(response, 'cache-control')).toMatch(/\bmax-age=[1-9]\d*\b/)
      expect(fieldOf(response, 'set-cookie')).toBeUndefined()
      expect(fieldOf(response, 'www-authenticate')).toBeUndefined()
      const { keys } = JSON.parse(response.body) as { keys: { [member: string]: unknown }[] }
      expect(keys.length).toBeGreaterThan(0)
      for (const key of keys) {
        for (const member of privateMembers) expect(key).not.toHaveProperty(member)
        expect(key).toMatchObject({ kid: expect.any(String), kty: expect.any(String), alg: expect.any(String) })
        expect(key['use'] ?? 'sig').toBe('sig')
      }
      expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length)
    },
  },
  {
    name: 'the key that signs is among them',
    run: async (app) => {
      const { access } = await app.logIn()
      const kids = (await publishedKeys(app)).map(({ kid }) => kid)
      expect(kids).toContain(headerOf(access)['kid'])
    },
  },
  {
    name: 'nobody has to be signed in, and a token changes nothing',
    run: async (app) => {
      const bodies = await app.aside(async (side) => [
        (await side.send('GET', target)).body,
        (await side.send('GET', target, withBearer('nonsense'))).body,
        (await side.send('GET', target, { fields: [['Origin', 'https://evil.example']] })).body,
        (await side.send('GET', target, { fields: [['Accept', 'text/html']] })).body,
      ])
      expect(new Set(bodies).size).toBe(1)
    },
  },
  {
    name: 'HEAD says the same without a body',
    run: async (app) => {
      const [get, head] = await app.aside(async (side) => [
        await side.send('GET', target),
        await side.send('HEAD', target),
      ])
      expect(head).toMatchObject({ status: 200, body: '' })
      for (const name of ['content-type', 'cache-control']) expect(fieldOf(head, name)).toBe(fieldOf(get, name))
    },
  },
  {
    name: 'nothing but GET and HEAD',
    run: async (app) => {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const { status } = await app.send(method, target)
        expect(status).toBeGreaterThanOrEqual(400)
        expect(status).toBeLessThan(500)
      }
    },
  },
])

const configured: readonly SessionCase[] = [
  {
    name: 'keys by configuration: the first signs, all are published',
    plan: 'body',
    run: async (app) => {
      expect(headerOf((await app.logIn()).access)).toMatchObject({ kid: 'key-one', alg: 'ES256' })
      const keys = [...(await publishedKeys(app))].sort((a, b) => (String(a['kid']) < String(b['kid']) ? -1 : 1))
      expect(keys).toHaveLength(2)
      expect(keys[0]).toMatchObject(publicPart(privateKeys.one))
      expect(keys[1]).toMatchObject(publicPart(privateKeys.two))
    },
  },
  {
    name: 'keys by configuration: EdDSA',
    plan: 'strict',
    run: async (app) => {
      const { access } = await app.logIn()
      const { alg } = headerOf(access)
      expect(['EdDSA', 'Ed25519']).toContain(alg)
      await expectSignedIn(app, access)
      expect(await publishedKeys(app)).toMatchObject([publicPart(privateKeys.alone)])
    },
  },
]

/** A verb is one method on one path. */
const methods: readonly SessionCase[] = ['/session', '/session/refresh', '/session/all'].flatMap((path) =>
  ['GET', 'HEAD', 'PUT', 'PATCH'].map((method) => ({
    name: `${method} ${path} is no verb`,
    run: async (app) => {
      const tokens = await app.logIn()
      const { status } = await app.send(method, path, app.presenting(tokens.refresh))
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(500)
      await app.refreshed(tokens)
    },
  })),
)

export const keySet: SessionTopic = {
  name: 'the key set and the routes',
  cases: [...publishing, ...configured, ...methods],
}
