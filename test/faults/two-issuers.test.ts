import { createVerifier } from '@latchkey/core'
import {
  createDrip,
  createManualClock,
  createTestIssuer,
  createTestKey,
  faults,
  type TestIssuer,
} from '@latchkey/testing'
import { expect, it, onTestFinished } from 'vitest'
import { type Apps, serveApps } from './harness/apps.js'
import { expectAccepted, expectRejected, expectUnavailable, report } from './harness/stage.js'
import { Watch } from './harness/watch.js'

const kid = 'the-same-kid'

async function setTwo() {
  const clock = createManualClock()
  const [one, other] = await Promise.all([startIssuer(), startIssuer()])
  const watch = new Watch()
  const { fetch, onEvent } = watch
  const issuers = [one, other].map(({ url, audience }) => ({ issuer: url, audience }))
  const verifier = createVerifier({ issuers, clock, fetch, onEvent, random: () => 0.5, keySet: { timeout: 20 } })
  const apps: Apps = await serveApps(verifier)
  onTestFinished(() => apps.close())
  const token = (issuer: TestIssuer, jti = 'a') => issuer.token({ claims: { jti }, expiresIn: 1e9 })
  return { clock, one, other, watch, verifier, apps, token }

  async function startIssuer(): Promise<TestIssuer> {
    const issuer = await createTestIssuer({ clock, keys: [createTestKey('ES256', { kid })] }).listen()
    onTestFinished(() => issuer.close())
    return issuer
  }
}

it('two issuers use the same kid: each vouches for its own tokens alone', async () => {
  const { apps, one, other, token } = await setTwo()
  expectAccepted(await apps.ask(token(one)))
  expectAccepted(await apps.ask(token(other)))
  expectRejected(await apps.ask(one.token({ key: other.key() })))
  expectRejected(await apps.ask(other.token({ key: one.key() })))
  expectRejected(await apps.ask(one.token({ claims: { iss: other.url } })))
  for (const issuer of [one, other]) expect(issuer.jwksEndpoint.requests).toHaveLength(1)
  report('two issuers with the same kid', '6 × 200 for their own, 9 × 401 for the other’s, 1 fetch each')
})

it('one issuer withdraws the kid: the other’s tokens stay good, also remembered', async () => {
  const { apps, one, other, token, verifier } = await setTwo()
  expectAccepted(await apps.ask(token(one)))
  expectAccepted(await apps.ask(token(other)))
  const [ofOne, ofOther] = [token(one), token(other)]
  one.rotate({ overlap: false })
  await verifier.refresh(one.url)
  expectRejected(await apps.ask(ofOne))
  expectAccepted(await apps.ask(ofOther))
  expect(other.jwksEndpoint.requests).toHaveLength(1)
  report('one of two withdraws the same kid', '3 × 401 and 3 × 200')
})

it('one issuer is down: the other’s tokens are let in, and its endpoint is asked no more often', async () => {
  const { apps, clock, one, other, token, watch, verifier } = await setTwo()
  one.fail(faults.down())
  expectUnavailable(await apps.ask(token(one)))
  expectAccepted(await apps.ask(token(other)))
  let [unavailable, accepted] = [0, 0]
  for (let minutes = 0; minutes < 30; minutes += 1) {
    clock.advance(60)
    unavailable += expectUnavailable([await apps.askNext(token(one, `${minutes}`))]) > 0 ? 1 : 0
    expectAccepted([await apps.askNext(token(other, `${minutes}`))])
    accepted += 1
    await watch.idle()
  }
  // 1,800 s with a refresh after 480 s, at the first request from then on.
  expect(other.jwksEndpoint.requests).toHaveLength(4)
  expect(verifier.keySets()).toMatchObject([
    { issuer: one.url, state: 'empty', lastError: 'network' },
    { issuer: other.url, lastError: null },
  ])
  await expect(verifier.ready()).rejects.toMatchObject({ code: 'keys_unavailable', issuer: one.url })
  report(
    'one of two issuers down for 30 min',
    `${unavailable} × 503 for it, ${accepted} × 200 for the other, 4 fetches of it`,
  )
})

it('one issuer drips: the other’s first request does not wait for it', async () => {
  const { apps, one, other, token, watch } = await setTwo()
  const drip = createDrip()
  one.jwksEndpoint.fail(drip.fault)
  const waiting = apps.ask(token(one))
  await one.jwksEndpoint.requested()
  expectAccepted(await apps.ask(token(other)))
  expect(watch.isFetching).toBe(true)
  expect(one.jwksEndpoint.requests).toMatchObject([{ cancelled: false }])
  drip.open()
  expectAccepted(await waiting)
  report('one of two issuers drips', '3 × 200 for the other while it does')
})
