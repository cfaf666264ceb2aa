import { faults } from '@latchkey/testing'
import { describe, expect, it } from 'vitest'
import { expectAccepted, expectRejected, expectUnavailable, report, setStage } from './harness/stage.js'

const hour = 3600
const steps = [
  ['an hour', hour],
  ['a year', 365 * 24 * hour],
] as const

/** A token without `iat`, which a step back would put into the future. */
const timeless = { iat: undefined }

describe.each(steps)('the wall clock steps back by %s', (name, step) => {
  it('the set stays, is refreshed once, and a key withdrawn meanwhile is refused', async () => {
    const { apps, clock, issuer, lasting, verifier, watch } = await setStage()
    await verifier.ready()
    const remembered = lasting(timeless)
    expectAccepted(await apps.ask(remembered))
    issuer.rotate({ overlap: false })
    clock.advance(-step)
    // Nobody knows how much time has passed, so it is refreshed; meanwhile nobody is sent away.
    expect(await apps.askNext(remembered)).toMatchObject({ status: 200 })
    await watch.idle()
    const refreshes = watch.fetches - 1
    expect(refreshes).toBe(1)
    expectRejected(await apps.ask(remembered))
    expectAccepted(await apps.ask(lasting()))
    report(`${name} back`, `200 at once, ${refreshes} refresh, withdrawn key 401 from the next request on`)
  })

  it('the new set is fresh for its time and no longer', async () => {
    const { apps, clock, lasting, verifier, watch } = await setStage()
    await verifier.ready()
    clock.advance(-step)
    const token = lasting(timeless)
    expectAccepted(await apps.ask(token))
    await watch.idle()
    clock.advance(479)
    expectAccepted(await apps.ask(token))
    await watch.idle()
    expect(watch.fetches).toBe(2)
    clock.advance(1)
    expectAccepted(await apps.ask(token))
    await watch.idle()
    expect(watch.fetches).toBe(3)
    report(`${name} back, then 480 s on`, 'refreshed after 480 s, not after 479')
  })

  it('the set does not live for ever: four hours that pass end it, in an outage', async () => {
    const { apps, clock, issuer, lasting, verifier, watch } = await setStage()
    await verifier.ready()
    const token = lasting(timeless)
    issuer.fail(faults.down())
    clock.advance(2 * hour)
    expectAccepted(await apps.ask(token))
    await watch.idle()
    clock.advance(-step)
    expectAccepted(await apps.ask(token))
    await watch.idle()
    clock.advance(2 * hour - 1)
    expectAccepted(await apps.ask(token))
    await watch.idle()
    clock.advance(1)
    expectUnavailable(await apps.ask(token))
    report(`${name} back in an outage`, `503 after ${4 * hour} s that passed`)
  })

  it('no back-off grows: the app is well as soon as the endpoint is', async () => {
    const { apps, clock, issuer, lasting, verifier } = await setStage()
    issuer.fail(faults.down())
    await expect(verifier.ready()).rejects.toMatchObject({ code: 'keys_unavailable' })
    clock.advance(-step)
    const wait = expectUnavailable(await apps.ask(lasting()))
    expect(wait).toBeLessThanOrEqual(30)
    issuer.recover()
    clock.advance(wait)
    expectAccepted(await apps.ask(lasting()))
    report(`${name} back within a back-off`, `Retry-After ${wait} s, then 200`)
  })
})
