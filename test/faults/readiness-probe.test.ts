import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createVerifier, type Verifier } from '@latchkey/core'
import { faults } from '@latchkey/testing'
import { expect, it, onTestFinished } from 'vitest'
import { report, setStage } from './harness/stage.js'

/** What an app would write: ready while every issuer's tokens can be verified, and the reason where not. */
function readiness(verifier: Verifier) {
  const waiting = verifier.keySets().filter(({ state }) => state === 'empty' || state === 'expired')
  return {
    status: waiting.length === 0 ? 200 : 503,
    body: waiting.map(({ issuer, state, lastError }) => ({ issuer, state, lastError })),
  }
}

async function serveProbe(verifier: Verifier): Promise<string> {
  const server = createServer((_, response) => {
    const { status, body } = readiness(verifier)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  onTestFinished(() => void server.close().closeAllConnections())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

it('a readiness probe sees a key set through its whole life', async () => {
  const { apps, clock, issuer, lasting, verifier, watch } = await setStage()
  const probe = await serveProbe(verifier)
  const start = clock()
  const kids = [issuer.key().kid]
  const seen: string[] = []
  const look = async (expected: object, status: number): Promise<void> => {
    expect(verifier.keySets()).toEqual([{ issuer: issuer.url, ...expected }])
    const before = watch.fetches
    expect((await fetch(probe)).status).toBe(status)
    expect(watch.fetches).toBe(before)
    seen.push(`${verifier.keySets()[0]?.state} ${status}`)
  }

  await look({ state: 'empty', age: null, kids: [], lastError: null, nextAttempt: start }, 503)
  issuer.fail(faults.status(500))
  await apps.ask(lasting())
  // Half of the first ceiling would be 0.125 s; the back-off is never less than 0.25 s.
  await look({ state: 'empty', age: null, kids: [], lastError: 'status', nextAttempt: start + 0.25 }, 503)
  issuer.recover()
  await verifier.refresh()
  await look({ state: 'fresh', age: 0, kids, lastError: null, nextAttempt: start + 480 }, 200)
  clock.advance(500)
  await look({ state: 'fresh', age: 500, kids, lastError: null, nextAttempt: start + 500 }, 200)
  clock.advance(100)
  await look({ state: 'stale', age: 600, kids, lastError: null, nextAttempt: start + 600 }, 200)
  issuer.fail(faults.html())
  await apps.ask(lasting())
  await watch.idle()
  await look({ state: 'stale', age: 600, kids, lastError: 'not_json', nextAttempt: start + 600.25 }, 200)
  clock.set(start + 14_400)
  await look({ state: 'expired', age: 14_400, kids: [], lastError: 'not_json', nextAttempt: start + 14_400 }, 503)
  issuer.recover()
  await apps.ask(lasting())
  await look({ state: 'fresh', age: 0, kids, lastError: null, nextAttempt: start + 14_400 + 480 }, 200)
  report('readiness probe', seen.join(', '))
})

it('a seed is ready, and configured keys always are', async () => {
  const { clock, issuer, verifier } = await setStage({ down: true, keySet: ({ jwks }) => ({ seed: jwks() }) })
  expect(readiness(verifier).status).toBe(200)
  const kids = [issuer.key().kid]
  expect(verifier.keySets()).toMatchObject([{ state: 'stale', age: null, kids, lastError: null, nextAttempt: clock() }])
  const fixed = createVerifier({ issuer: 'urn:example:issuer', audience: 'a', jwks: issuer.jwks() })
  expect(fixed.keySets()).toMatchObject([{ state: 'static', age: null, kids, lastError: null, nextAttempt: null }])
  expect(readiness(fixed).status).toBe(200)
  report('readiness probe, seed and configured keys', 'stale 200, static 200')
})
