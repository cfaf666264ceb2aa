import { gzipSync } from 'node:zlib'
import type { KeysFailure } from '@latchkey/core'
import { type Fault, faults, type TestIssuer } from '@latchkey/testing'
import { describe, expect, it } from 'vitest'
import { heapGrowth, megabytes } from './harness/heap.js'
import { expectAccepted, expectUnavailable, report, setStage } from './harness/stage.js'

type Garbage = readonly [
  name: string,
  endpoint: 'jwksEndpoint' | 'metadataEndpoint',
  fault: () => Fault,
  reason: KeysFailure,
]

const gigabyte = 1_000_000_000
/** A key set of 100 MB that is 100 KB on the wire. */
const zipBomb = (): Fault => {
  const body = gzipSync(`{"keys":[],"padding":"${' '.repeat(100_000_000)}"}`)
  return () => new Response(body, { headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } })
}

const garbage: readonly Garbage[] = [
  ['an HTML page', 'jwksEndpoint', faults.html, 'not_json'],
  ['JSON that stops half-way', 'jwksEndpoint', faults.truncated, 'not_json'],
  ['a body whose connection breaks', 'jwksEndpoint', faults.cutOff, 'network'],
  ['nothing at all', 'jwksEndpoint', () => faults.body(''), 'not_json'],
  ['a list', 'jwksEndpoint', () => faults.body('[]'), 'not_json'],
  ['null', 'jwksEndpoint', () => faults.body('null'), 'not_json'],
  ['bytes that are no UTF-8', 'jwksEndpoint', () => faults.body(Uint8Array.of(0x22, 0xff, 0x22)), 'not_json'],
  ['1 GB', 'jwksEndpoint', () => faults.huge(gigabyte), 'too_large'],
  ['1 GB', 'metadataEndpoint', () => faults.huge(gigabyte), 'too_large'],
  ['64 KiB and a byte', 'jwksEndpoint', () => faults.huge(65_537), 'too_large'],
  ['100 MB compressed to 100 KB', 'jwksEndpoint', zipBomb, 'too_large'],
  ['a private key', 'jwksEndpoint', faults.privateMembers, 'private_key'],
  ['a symmetric key', 'jwksEndpoint', faults.octMember, 'private_key'],
  ['no keys', 'jwksEndpoint', faults.emptySet, 'no_usable_key'],
  ['an object without keys', 'jwksEndpoint', () => faults.members({ keys: undefined }), 'no_usable_key'],
  ['keys that are none', 'jwksEndpoint', () => faults.members({ keys: [null, 7, { kty: 'XYZ' }] }), 'no_usable_key'],
  ['51 keys', 'jwksEndpoint', faults.tooManyKeys, 'too_many_keys'],
  ['404', 'jwksEndpoint', () => faults.status(404), 'status'],
  ['201', 'jwksEndpoint', () => created, 'status'],
  ['an HTML page', 'metadataEndpoint', faults.html, 'not_json'],
  ['404', 'metadataEndpoint', () => faults.status(404), 'status'],
  ['another issuer', 'metadataEndpoint', faults.wrongIssuer, 'issuer_mismatch'],
  ['no jwks_uri', 'metadataEndpoint', () => faults.members({ jwks_uri: undefined }), 'metadata_invalid'],
  ['keys over plain http', 'metadataEndpoint', () => jwksUri('http://keys.example/jwks'), 'metadata_invalid'],
  ['keys in a file', 'metadataEndpoint', () => jwksUri('file:///etc/keys.json'), 'metadata_invalid'],
  ['keys in the URL', 'metadataEndpoint', () => jwksUri('data:application/json,{"keys":[]}'), 'metadata_invalid'],
]

const jwksUri = (uri: string): Fault => faults.members({ jwks_uri: uri })
const created: Fault = ({ document }) => Response.json(document, { status: 201 })

describe('an endpoint answers with garbage', () => {
  it.each(garbage)('%s (%s): the old set stays; without one it is 503', async (name, endpoint, fault, reason) => {
    const { apps, clock, issuer, lasting, verifier, watch } = await setStage()
    const bad = fault()
    issuer[endpoint].fail(bad)
    const wait = expectUnavailable(await apps.ask(lasting()))
    expect(watch.log.ofType('keys_refresh_failed')).toMatchObject([{ reason }])

    issuer.recover()
    clock.advance(wait)
    const remembered = lasting()
    expectAccepted(await apps.ask(remembered))
    const { kids } = verifier.keySets()[0] ?? { kids: [] }
    expect(kids).toHaveLength(1)

    clock.advance(600)
    failAgain(issuer, endpoint, bad)
    for (let attempt = 0; attempt < 2; attempt += 1) {
      expectAccepted(await apps.ask(remembered))
      expectAccepted(await apps.ask(lasting({ jti: `first seen after attempt ${attempt}` })))
      await watch.idle()
      clock.advance(60)
    }
    const failures = watch.log.ofType('keys_refresh_failed').slice(1)
    expect(failures.some((event) => event.reason === reason)).toBe(true)
    expectAccepted(await apps.ask(remembered))
    await watch.idle()
    expect(verifier.keySets()).toMatchObject([{ state: 'stale', kids }])
    expect(watch.log.ofType('denied').every(({ code }) => code === 'keys_unavailable')).toBe(true)
    report(`${name} (${endpoint})`, `${reason}; 503 without a set, ${failures.length} attempts and the old set kept`)
  })
})

/** The metadata is known for a day, and asked again after a failure: of the key set, which is why that fails once too. */
function failAgain(issuer: TestIssuer, endpoint: Garbage[1], bad: Fault): void {
  issuer[endpoint].fail(bad)
  if (endpoint === 'metadataEndpoint') issuer.jwksEndpoint.fail(faults.down(), { times: 1 })
}

it('all of it, one after the other: what stays of it in memory', async () => {
  const { issuer, verifier } = await setStage()
  await verifier.ready()
  const growth = await heapGrowth(async () => {
    for (const [, endpoint, fault] of garbage) {
      issuer.recover()
      issuer[endpoint].fail(fault())
      await expect(verifier.refresh()).rejects.toMatchObject({ code: 'keys_unavailable' })
    }
  })
  expect(verifier.keySets()).toMatchObject([{ state: 'fresh', kids: [issuer.key().kid] }])
  expect(growth).toBeLessThan(5)
  report(`garbage of ${garbage.length} kinds`, `heap ${megabytes(growth)}`)
})

it('1 GB, ten times over: what is read and what stays of it', async () => {
  const { issuer, verifier } = await setStage()
  await verifier.ready()
  issuer.jwksEndpoint.fail(faults.huge(gigabyte))
  issuer.jwksEndpoint.clearRequests()
  const growth = await heapGrowth(async () => {
    for (let time = 0; time < 10; time += 1) await expect(verifier.refresh()).rejects.toMatchObject({ status: 503 })
  })
  const sent = Math.max(...issuer.jwksEndpoint.requests.map(({ bytesSent }) => bytesSent))
  expect(issuer.jwksEndpoint.requests).toHaveLength(10)
  expect(growth).toBeLessThan(5)
  // The rest is in the buffers of the two sockets.
  expect(sent).toBeLessThan(20_000_000)
  report('1 GB, ten times over', `heap ${megabytes(growth)}; at most ${megabytes(sent / 1e6)} of each left the server`)
})
