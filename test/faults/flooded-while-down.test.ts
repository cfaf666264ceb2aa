import { faults } from '@latchkey/testing'
import { expect, it } from 'vitest'
import { expectAccepted, expectUnavailable, report, type Stage, setStage } from './harness/stage.js'

const forgeries = 2000
const seconds = 100
const perSecond = forgeries / seconds
/** Two at once, and one more at each fifth second after. */
const allowance = 2 + (seconds / 5 - 1)

interface Flood {
  readonly fetches: number
  /** Statuses that forged tokens were answered with, and how often. */
  readonly forged: Readonly<Record<number, number>>
  readonly known: number
}

/** Twenty tokens a second for 100 s, each naming a kid that nobody has seen, between them known ones, to all three apps. */
async function flood({ apps, clock, issuer, lasting, watch }: Stage): Promise<Flood> {
  const remembered = lasting()
  const before = watch.fetches
  const forged: Record<number, number> = {}
  let known = 0
  for (let second = 0; second < seconds; second += 1) {
    const tokens = Array.from({ length: perSecond }, (_, index) =>
      issuer.token({ header: { kid: `forged-${second}-${index}` } }),
    )
    const answers = await Promise.all(tokens.map((token) => apps.askNext(token)))
    for (const { status } of answers) forged[status] = (forged[status] ?? 0) + 1
    if (second % 10 === 0) {
      expectAccepted(await apps.ask(remembered))
      expectAccepted(await apps.ask(lasting({ jti: `first seen in second ${second}` })))
      known += 6
    }
    await watch.idle()
    clock.advance(1)
  }
  return { fetches: watch.fetches - before, forged, known }
}

it('the key endpoint is down and 2,000 random kids come: bounded fetches, known kids unharmed, nobody signed out', {
  timeout: 90_000,
}, async () => {
  // The back-off is as short as it can be, so that the allowance alone keeps the endpoint from the flood.
  const stage = await setStage({ random: () => 0 })
  await stage.verifier.ready()
  stage.issuer.fail(faults.down())
  const { fetches, forged, known } = await flood(stage)
  expect(forged).toEqual({ 503: forgeries })
  expect(fetches).toBeGreaterThan(0)
  expect(fetches).toBeLessThanOrEqual(allowance)
  report(
    'down and 2,000 random kids',
    `${fetches} fetches (bound ${allowance}), ${forgeries} × 503, ${known} known × 200`,
  )
})

it('the key endpoint is well and 2,000 random kids come: bounded fetches, known kids unharmed, rotation let in', {
  timeout: 90_000,
}, async () => {
  const stage = await setStage()
  await stage.verifier.ready()
  const { fetches, forged, known } = await flood(stage)
  expect(forged).toEqual({ 401: forgeries })
  expect(fetches).toBe(allowance)
  report(
    'well and 2,000 random kids',
    `${fetches} fetches (bound ${allowance}), ${forgeries} × 401, ${known} known × 200`,
  )
  stage.issuer.rotate()
  stage.clock.advance(5)
  expectAccepted(await stage.apps.ask(stage.lasting()))
  report('rotation 5 s after the flood', '200 at the first request')
})

it('one forged kid over and over: asked for once in thirty seconds', async () => {
  const { apps, clock, issuer, verifier, watch } = await setStage()
  await verifier.ready()
  const token = issuer.token({ header: { kid: 'forged' }, expiresIn: 3600 })
  const before = watch.fetches
  for (let second = 0; second < 60; second += 1) {
    expect(await apps.askNext(token)).toMatchObject({ status: 401 })
    clock.advance(1)
  }
  const fetches = watch.fetches - before
  expect(fetches).toBe(2)
  report('one forged kid for a minute', `${fetches} fetches, 60 × 401`)
})

it('the endpoint is down and a key is new: 503, never 401, and let in once it is up', async () => {
  const { apps, clock, issuer, lasting, verifier } = await setStage()
  await verifier.ready()
  await issuer.close()
  issuer.rotate()
  let wait = 0
  const rounds = 10
  for (let round = 0; round < rounds; round += 1) {
    wait = expectUnavailable(await apps.ask(lasting()))
    clock.advance(round % 2 === 0 ? wait : 0)
  }
  await issuer.listen()
  // Retry-After may be less than the 5 s in which the allowance for unknown kids gains a refetch.
  wait = Math.max(wait, 5)
  clock.advance(wait)
  expectAccepted(await apps.ask(lasting()))
  report('down, and a new key in use', `${rounds * 3} × 503, then 200 after ${wait} s`)
})
