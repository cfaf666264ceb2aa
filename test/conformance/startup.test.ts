import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Configuration,
  type ContractServer,
  frameworks,
  startRefused,
  startServer,
} from './harness/contract-server.js'
import { IssuerServer, type Realm } from './harness/issuer-server.js'
import { audience, Mint } from './harness/mint.js'
import { fieldOf, type RawResponse, sendOnce } from './harness/raw-http.js'

let issuers: IssuerServer

beforeAll(async () => {
  issuers = await IssuerServer.start()
})

afterAll(() => issuers.stop())

function ask(server: ContractServer, realm: Realm): Promise<RawResponse> {
  const token = new Mint(realm.url, Math.floor(Date.now() / 1000)).jwt()
  const authority = `127.0.0.1:${server.port}`
  const fields = [
    ['Host', authority],
    ['Authorization', `Bearer ${token}`],
  ] as const
  return sendOnce(server.port, { method: 'GET', target: '/me', fields })
}

/** The same for each framework, all at the same time, every one with a realm of its own. */
function forEach(action: (framework: string, realm: Realm) => Promise<void>): Promise<unknown> {
  return Promise.all(frameworks.map((framework) => action(framework, issuers.realm(`startup-${realms++}`))))
}

let realms = 0
const down = { metadata: 'reset', jwks: 'reset' } as const
const well = { metadata: undefined, jwks: undefined }

function configurationOf({ url }: Realm, startup: string): Configuration {
  return { issuers: [{ issuer: url, audience }], keySet: { startup } }
}

describe('the keys are not available when the server starts', () => {
  test.each(['lazy', 'background'])('%s: listens, answers 503, and is well by itself', async (startup) => {
    await forEach(async (framework, realm) => {
      Object.assign(realm, down)
      const server = await startServer(framework, configurationOf(realm, startup))
      const refused = await ask(server, realm)
      expect(refused.status).toBe(503)
      expect(fieldOf(refused, 'retry-after')).toMatch(/^[1-9]\d*$/)
      Object.assign(realm, well)
      // The clock is the system's here, and the first back-offs are short.
      await expect.poll(async () => (await ask(server, realm)).status).toBe(200)
      await server.stop()
    })
  })

  test('require: does not listen, and says why', async () => {
    await forEach(async (framework, realm) => {
      Object.assign(realm, down)
      const { code, stdout, stderr } = await startRefused(framework, configurationOf(realm, 'require'))
      expect(code).toBe(1)
      expect(stdout).not.toContain('listening')
      expect(stderr).toMatch(/^AuthError: [^\n]*keys[^\n]*\n$/)
    })
  })
})

describe('the keys can be had when the server starts', () => {
  test('require: they are held before it listens', async () => {
    await forEach(async (framework, realm) => {
      const server = await startServer(framework, configurationOf(realm, 'require'))
      expect(realm).toMatchObject({ metadataRequests: 1, jwksRequests: 1 })
      Object.assign(realm, down)
      expect((await ask(server, realm)).status).toBe(200)
      await server.stop()
    })
  })
})
