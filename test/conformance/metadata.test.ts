import { afterAll, beforeAll, expect, test } from 'vitest'
import { boundPlans, described } from './harness/bound.js'
import { type ContractServer, startServer } from './harness/contract-server.js'
import { fieldOf, sendOnce } from './harness/raw-http.js'

// Each mounts the document in its own way, and nothing of the library does it for them.
const everywhere = ['fastify', 'express', 'express4', 'hono', 'fetch', 'nest-fastify', 'nest-express']
const servers: ContractServer[] = []

beforeAll(async () => {
  for (const framework of everywhere) servers.push(await startServer(framework, boundPlans.describedDpop))
}, 120_000)

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()))
})

test('the metadata of a protected resource are where the challenge says, on every platform', async () => {
  for (const { framework, port } of servers) {
    const ask = (target: string) => sendOnce(port, { method: 'GET', target, fields: [['Host', 'x']] })
    const challenge = fieldOf(await ask('/me'), 'www-authenticate') ?? ''
    const [, url = ''] = /resource_metadata="([^"]+)"$/.exec(challenge) ?? []
    const response = await ask(new URL(url).pathname)
    expect(response.status, framework).toBe(200)
    expect(JSON.parse(response.body), framework).toMatchObject({ resource: described.resource })
  }
})
