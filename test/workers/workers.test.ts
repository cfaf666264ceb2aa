import { createTestIssuer, type TestIssuer } from '@latchkey/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ContractServer, startServer } from '../conformance/harness/contract-server.js'

// Read by the contract server's program: workerd itself, with the build that a Worker gets.
process.env['CONTRACT_RUNTIME'] = 'workerd'

let issuer: TestIssuer
let server: ContractServer

async function ask(token: string): Promise<number> {
  const { status } = await fetch(`http://127.0.0.1:${server.port}/me`, {
    headers: { authorization: `Bearer ${token}` },
  })
  return status
}

async function advance(seconds: number): Promise<void> {
  await fetch(`http://127.0.0.1:${server.port}/clock`, { method: 'POST', body: JSON.stringify({ advance: seconds }) })
}

/** Good for all the time that a test lets pass. */
function lasting(): string {
  return issuer.token({ claims: { exp: Math.floor(Date.now() / 1000) + 86_400 } })
}

describe.each(['hono', 'fetch'])('%s on workerd, where what a request began ends with it', (framework) => {
  beforeEach(async () => {
    issuer = await createTestIssuer().listen()
    const issuers = [{ issuer: issuer.url, audience: issuer.audience, jwksUri: issuer.jwksUri }]
    server = await startServer(framework, { issuers, clock: 'manual' })
  })
  afterEach(async () => {
    await server.stop()
    await issuer.close()
  })

  it('a refresh in the background outlives its request: a key that was withdrawn is refused under traffic', async () => {
    const token = lasting()
    expect(await ask(token)).toBe(200)
    issuer.rotate({ overlap: false })
    // Due for a refresh, and still served meanwhile.
    await advance(590)
    expect(await ask(token)).toBe(200)
    await expect.poll(() => ask(token), { interval: 50 }).toBe(401)
    expect(await ask(lasting())).toBe(200)
  })
})
