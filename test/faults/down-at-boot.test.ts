import { describe, expect, it } from 'vitest'
import { expectAccepted, expectUnavailable, report, setStage } from './harness/stage.js'

describe('the key endpoint is down when the app starts', () => {
  it.each(['lazy', 'background', 'require'] as const)(
    '%s: 503 until it is up, then well by itself',
    async (startup) => {
      const { apps, clock, issuer, lasting, verifier, watch } = await setStage({ down: true, keySet: { startup } })
      if (startup === 'require') await expect(verifier.ready()).rejects.toMatchObject({ code: 'keys_unavailable' })
      await watch.idle()
      expect(watch.fetches).toBe(startup === 'lazy' ? 0 : 1)

      const token = lasting()
      const rounds = 8
      let wait = 0
      for (let round = 0; round < rounds; round += 1) {
        clock.advance(wait)
        wait = expectUnavailable(await apps.ask(token))
      }
      // Whoever comes back when told to meets a new attempt; the first round of an eager start is within the back-off.
      expect(watch.fetches).toBe(rounds)

      await issuer.listen()
      clock.advance(wait)
      expectAccepted(await apps.ask(token))
      await verifier.ready()
      report(
        `down at boot, ${startup}`,
        `${rounds * 3} × 503, then 200 at the first request after Retry-After (${wait} s)`,
      )
    },
  )

  it('require: ready() resolves once the endpoint is up, without a restart', async () => {
    const { clock, issuer, verifier, watch } = await setStage({ down: true, keySet: { startup: 'require' } })
    await expect(verifier.ready()).rejects.toMatchObject({ code: 'keys_unavailable', status: 503 })
    await issuer.listen()
    clock.advance(1)
    await verifier.ready()
    expect(verifier.keySets()).toMatchObject([{ state: 'fresh', lastError: null }])
    expect(watch.fetches).toBe(2)
    report('down at boot, ready() again', `resolved by fetch ${watch.fetches}`)
  })

  it('with a seed: whoever the seed knows is served from the first request', async () => {
    const stage = await setStage({ down: true, keySet: (issuer) => ({ seed: issuer.jwks() }) })
    const { apps, lasting, verifier, watch } = stage
    expectAccepted(await apps.ask(lasting()))
    await watch.idle()
    expect(verifier.keySets()).toMatchObject([{ state: 'stale', age: null, lastError: 'network' }])
    report('down at boot, with a seed', '200 at the first request')
  })
})

it('the endpoint is well when the app starts: who fetches when', async () => {
  const fetches = []
  for (const startup of ['lazy', 'background', 'require'] as const) {
    const { apps, issuer, lasting, verifier, watch } = await setStage({ keySet: { startup } })
    if (startup === 'require') await verifier.ready()
    await watch.idle()
    fetches.push(`${startup} ${issuer.jwksEndpoint.requests.length}`)
    expectAccepted(await apps.ask(lasting()))
    expect(watch.fetches).toBe(1)
  }
  expect(fetches).toEqual(['lazy 0', 'background 1', 'require 1'])
  report('up at boot', `fetches before the first request: ${fetches.join(', ')}; after it 1 each`)
})
