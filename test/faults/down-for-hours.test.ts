import { expect, it } from 'vitest'
import { expectAccepted, expectUnavailable, report, setStage } from './harness/stage.js'

const minute = 60
const hour = 3600

it('the key endpoint is down for 3 h 59 min: nobody is signed out; past 4 h: 503; up again: well again', async () => {
  const { apps, clock, issuer, lasting, verifier, watch } = await setStage()
  await verifier.ready()
  const fetchedAt = clock()
  const remembered = lasting()
  expectAccepted(await apps.ask(remembered))
  await issuer.close()

  let served = 0
  for (const minutes of [1, 4, 7, 8, 10, ...Array.from({ length: 22 }, (_, n) => 20 + 10 * n), 239]) {
    clock.set(fetchedAt + minutes * minute)
    expectAccepted(await apps.ask(remembered))
    expectAccepted(await apps.ask(lasting({ jti: `first seen after ${minutes} minutes` })))
    await watch.idle()
    served += 6
  }
  const attempts = watch.fetches - 1
  // One each time from minute 8 on, when the refresh is due: by then the back-off, at most 30 s, is over.
  expect(attempts).toBe(25)
  expect(watch.log.ofType('keys_stale_served')).toHaveLength(1)
  expect(watch.log.ofType('denied')).toHaveLength(0)
  report('down for 3 h 59 min', `${served} requests, ${served} × 200, ${attempts} attempts`)

  clock.set(fetchedAt + 4 * hour - 1)
  expectAccepted(await apps.ask(remembered))
  clock.advance(1)
  expectUnavailable(await apps.ask(remembered))
  const wait = expectUnavailable(await apps.ask(lasting({ jti: 'first seen too late' })))
  clock.advance(hour)
  const laterWait = expectUnavailable(await apps.ask(remembered))
  report(
    'down for 4 h',
    `503 from second ${4 * hour} after the last success on, Retry-After ${wait} s, remembered tokens too`,
  )

  await issuer.listen()
  clock.advance(laterWait)
  expectAccepted(await apps.ask(remembered))
  expectAccepted(await apps.ask(lasting({ jti: 'first seen after the outage' })))
  expect(verifier.keySets()).toMatchObject([{ state: 'fresh', age: 0, lastError: null }])
  report('up again after 5 h', `200 at the first request after Retry-After (${laterWait} s)`)
})
