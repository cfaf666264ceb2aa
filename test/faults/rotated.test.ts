import { createTestKey } from '@latchkey/testing'
import { describe, expect, it } from 'vitest'
import { expectAccepted, expectRejected, report, setStage } from './harness/stage.js'

describe('the issuer rotates its keys', () => {
  it('with overlap: a new kid costs one round trip, for whoever comes first, and old tokens stay good', async () => {
    const { apps, issuer, lasting, verifier, watch } = await setStage()
    await verifier.ready()
    const old = lasting()
    expectAccepted(await apps.ask(old))
    const before = watch.requests
    issuer.rotate()
    expectAccepted(await apps.ask(lasting()))
    expectAccepted(await apps.ask(lasting({ jti: 'another' })))
    expectAccepted(await apps.ask(old))
    const cost = watch.requests - before
    expect(cost).toBe(1)
    expect(watch.log.ofType('denied')).toHaveLength(0)
    report('rotation with overlap', `${cost} round trip for 6 requests with the new kid, 3 old tokens still 200`)
  })

  it('with the new key published ahead: it costs none', async () => {
    const { apps, clock, issuer, lasting, verifier, watch } = await setStage()
    await verifier.ready()
    const coming = createTestKey()
    issuer.publish(coming.publicJwk ?? {})
    clock.advance(480)
    expectAccepted(await apps.ask(lasting()))
    await watch.idle()
    const before = watch.requests
    expectAccepted(await apps.ask(issuer.token({ key: coming })))
    const cost = watch.requests - before
    expect(cost).toBe(0)
    report('rotation announced', `${cost} round trips for the first requests with the new kid`)
  })

  it('without overlap: the new kid brings the new set, and the withdrawn one is refused with it', async () => {
    const { apps, issuer, lasting, verifier, watch } = await setStage()
    await verifier.ready()
    const old = lasting()
    expectAccepted(await apps.ask(old))
    const before = watch.requests
    issuer.rotate({ overlap: false })
    expectAccepted(await apps.ask(lasting()))
    expectRejected(await apps.ask(old))
    const cost = watch.requests - before
    // One for the new kid; the withdrawn one is unknown from then on, and may be asked for once itself.
    expect(cost).toBe(2)
    report(
      'rotation without overlap',
      '1 round trip for the new kid; the old one 401 from the next request on, seen before',
    )
  })

  it('again and again: tokens of every new key are let in at the first request', async () => {
    const { apps, clock, issuer, lasting, verifier, watch } = await setStage()
    await verifier.ready()
    const before = watch.requests
    const rotations = 20
    for (let rotation = 0; rotation < rotations; rotation += 1) {
      issuer.rotate({ overlap: rotation % 2 === 0 })
      expectAccepted(await apps.ask(lasting()))
      await watch.idle()
      clock.advance(5)
    }
    expect(watch.requests - before).toBe(rotations)
    report(`${rotations} rotations, one in 5 s`, `${watch.requests - before} round trips, ${rotations * 3} × 200`)
  })
})

describe('a key is withdrawn, and nobody comes with a new one', () => {
  const lives: readonly (readonly [cacheControl: string | undefined, freshFor: number])[] = [
    [undefined, 600],
    ['max-age=300', 300],
    ['max-age=60', 60],
    ['no-store', 60],
    ['max-age=86400', 600],
  ]
  it.each(lives)('Cache-Control %s: refused within %i s, seen before or not', async (cacheControl, freshFor) => {
    const figures = []
    for (const draw of [0, 0.5, 1]) {
      const options = { random: () => draw, ...(cacheControl === undefined ? {} : { cacheControl }) }
      const { apps, clock, issuer, lasting, verifier, watch } = await setStage(options)
      await verifier.ready()
      const [remembered, firstSeen] = [lasting(), lasting({ jti: 'first seen' })]
      expectAccepted(await apps.ask(remembered))
      issuer.rotate({ overlap: false })
      // Nothing is due before 72 %.
      let lastAccepted = Math.floor(freshFor * 0.7)
      clock.advance(lastAccepted)
      expectAccepted(await apps.ask(remembered))
      expect(watch.fetches).toBe(1)
      while (lastAccepted < freshFor) {
        clock.advance(1)
        const { status } = await apps.askNext(remembered)
        await watch.idle()
        if (status !== 200) break
        lastAccepted += 1
      }
      expectRejected(await apps.ask(remembered))
      expectRejected(await apps.ask(firstSeen))
      // The request that finds the refresh due is the last one: 80 % ± a tenth of that.
      expect(lastAccepted).toBe(Math.ceil(freshFor * (0.72 + 0.16 * draw) - 1e-6))
      figures.push(lastAccepted)
    }
    report(
      `withdrawn, Cache-Control ${cacheControl}`,
      `last accepted after ${figures.join(', ')} s (limit ${freshFor} s)`,
    )
  })

  it('the operator forgets it: refused at once', async () => {
    const { apps, issuer, lasting, verifier } = await setStage()
    const token = lasting()
    expectAccepted(await apps.ask(token))
    verifier.forget(String(issuer.key().kid))
    expectRejected(await apps.ask(token))
    // The issuer still publishes it.
    await verifier.refresh()
    expectRejected(await apps.ask(token))
    report('withdrawn by the operator', 'last accepted after 0 s')
  })
})
