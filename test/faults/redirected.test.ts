import { createTestIssuer, createTestKey, faults } from '@latchkey/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { expectAccepted, expectUnavailable, report, type Stage, setStage } from './harness/stage.js'

const statuses = [301, 302, 303, 307, 308] as const

/** Where an answer can send somebody: another origin with good keys of its own, another path, another scheme. */
async function targetsFor(stage: Stage): Promise<readonly (readonly [name: string, location: string])[]> {
  const other = await createTestIssuer({ keys: [createTestKey('ES256', { kid: 'of-the-other-origin' })] }).listen()
  onTestFinished(async () => {
    expect(other.jwksEndpoint.requests).toHaveLength(0)
    expect(other.metadataEndpoint.requests).toHaveLength(0)
    await other.close()
  })
  const { port } = new URL(other.url)
  return [
    ['another origin', other.jwksUri],
    ['another origin, without a scheme', `//127.0.0.1:${port}/jwks`],
    ['another scheme', `https://127.0.0.1:${port}/jwks`],
    ['a file', 'file:///etc/passwd'],
    ['the keys in the URL', `data:application/json,${JSON.stringify(other.jwks())}`],
    ['itself', stage.issuer.jwksUri],
  ]
}

describe.each(['jwksEndpoint', 'metadataEndpoint'] as const)('the %s answers with a redirect', (endpoint) => {
  it('nothing is asked there, the old set stays, and without one it is 503', async () => {
    const stage = await setStage()
    const { apps, clock, issuer, lasting, verifier, watch } = stage
    await verifier.ready()
    const remembered = lasting()
    expectAccepted(await apps.ask(remembered))
    // After a failure the metadata is asked again, at each attempt.
    issuer.jwksEndpoint.fail(faults.down(), { times: 1 })
    await expect(verifier.refresh()).rejects.toMatchObject({ code: 'keys_unavailable' })
    let attempts = 0
    for (const [name, location] of await targetsFor(stage)) {
      for (const status of statuses) {
        issuer.jwksEndpoint.clearRequests()
        issuer.metadataEndpoint.clearRequests()
        issuer[endpoint].fail(faults.redirect(location, status))
        await expect(verifier.refresh(), name).rejects.toMatchObject({ code: 'keys_unavailable' })
        expect(watch.log.ofType('keys_refresh_failed').at(-1)).toMatchObject({ reason: 'redirect', status })
        expect(issuer[endpoint].requests).toHaveLength(1)
        expectAccepted([await apps.askNext(remembered), await apps.askNext(lasting({ jti: `${name} ${status}` }))])
        await watch.idle()
        attempts += 1
      }
    }
    clock.advance(4 * 3600)
    expectUnavailable(await apps.ask(remembered))
    issuer.recover()
    clock.advance(30)
    expectAccepted(await apps.ask(remembered))
    report(`redirects, ${endpoint}`, `${attempts} followed by 0 requests to where they lead; old set kept`)
  })
})
