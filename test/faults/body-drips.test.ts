import { createVerifier } from '@latchkey/core'
import { createDrip, createTestIssuer, type Fault, faults } from '@latchkey/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { expectAccepted, expectUnavailable, report, returnUntilAccepted, setStage } from './harness/stage.js'

// A fetch's time limit is real time, and so is what is measured here.
const timeout = 0.2
/** What a busy machine may add, in seconds; less than what any mistake would. */
const slack = 2

const slow: readonly (readonly [name: string, fault: () => Fault])[] = [
  ['its body comes a byte a second', () => createDrip({ interval: 1 }).fault],
  ['it answers and never sends the body', faults.stalled],
  ['it never answers', faults.slow],
]

async function secondsOf(action: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await action()
  return (performance.now() - startedAt) / 1000
}

describe.each(slow)('the key endpoint is slow: %s', (name, fault) => {
  it.each(['jwksEndpoint', 'metadataEndpoint'] as const)(
    '%s: a request that must wait does so no longer than the limit',
    async (endpoint) => {
      const stage = await setStage({ keySet: { timeout } })
      const { apps, issuer, lasting, watch } = stage
      issuer[endpoint].fail(fault())
      let wait = 0
      const seconds = await secondsOf(async () => {
        wait = expectUnavailable(await apps.ask(lasting()))
      })
      expect(seconds).toBeGreaterThan(timeout - 0.01)
      expect(seconds).toBeLessThan(timeout + slack)
      expect(watch.fetches).toBe(1)
      expect(watch.log.ofType('keys_refresh_failed')).toMatchObject([{ reason: 'timeout' }])
      issuer.recover()
      await returnUntilAccepted(stage, lasting(), wait)
      report(`${name}, ${endpoint}`, `503 after ${seconds.toFixed(3)} s (limit ${timeout} s), then well again`)
    },
  )

  it('known kids do not wait', async () => {
    const { apps, clock, issuer, lasting, verifier, watch } = await setStage({ keySet: { timeout: 20 } })
    await verifier.ready()
    const remembered = lasting()
    expectAccepted(await apps.ask(remembered))
    issuer.jwksEndpoint.fail(fault())
    clock.advance(3600)
    const seconds = await secondsOf(async () => {
      expectAccepted(await apps.ask(remembered))
      expectAccepted(await apps.ask(lasting({ jti: 'first seen' })))
    })
    // Answered while the fetch that they caused is still under way.
    expect(watch.fetches).toBe(2)
    expect(watch.isFetching).toBe(true)
    report(`${name}, known kids`, `6 × 200 in ${seconds.toFixed(3)} s while the fetch goes on`)
  })
})

it('metadata and keys share one limit', async () => {
  const issuer = await createTestIssuer().listen()
  onTestFinished(() => issuer.close())
  const limit = 2
  issuer.metadataEndpoint.fail(async ({ document }) => {
    await new Promise((resolve) => setTimeout(resolve, limit * 500))
    return Response.json(document)
  })
  issuer.jwksEndpoint.fail(createDrip({ interval: 1 }).fault)
  const { url, audience } = issuer
  const verifier = createVerifier({ issuer: url, audience, keySet: { timeout: limit } })
  const seconds = await secondsOf(() => expect(verifier.ready()).rejects.toMatchObject({ code: 'keys_unavailable' }))
  expect(issuer.jwksEndpoint.requests).toHaveLength(1)
  expect(seconds).toBeGreaterThan(limit - 0.01)
  expect(seconds).toBeLessThan(limit + 0.8)
  report('metadata slow and keys dripping', `given up after ${seconds.toFixed(3)} s in all (limit ${limit} s)`)
})

it('the limit is three seconds by default', async () => {
  const issuer = await createTestIssuer().listen()
  onTestFinished(() => issuer.close())
  issuer.jwksEndpoint.fail(createDrip({ interval: 1 }).fault)
  const verifier = createVerifier({ issuer: issuer.url, audience: issuer.audience })
  const seconds = await secondsOf(() => expect(verifier.ready()).rejects.toMatchObject({ code: 'keys_unavailable' }))
  expect(seconds).toBeGreaterThan(2.99)
  expect(seconds).toBeLessThan(3 + slack)
  const [request] = issuer.jwksEndpoint.requests
  expect(request?.bytesSent).toBeLessThanOrEqual(seconds + 1)
  report('a byte a second, by default', `given up after ${seconds.toFixed(3)} s and ${request?.bytesSent} bytes`)
})
