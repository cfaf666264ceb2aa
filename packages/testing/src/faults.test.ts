import { createVerifier, type KeysFailure } from '@latchkey/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDrip } from './drip.js'
import { createEventLog } from './event-log.js'
import { type Fault, faults } from './faults.js'
import { createTestIssuer } from './issuer.js'
import { createManualClock } from './manual-clock.js'

/** What Latchkey makes of each fault, at the key set's endpoint and at the metadata's. */
const table: readonly [name: string, fault: Fault, atKeySet: KeysFailure | null, atMetadata: KeysFailure | null][] = [
  ['down', faults.down(), 'network', 'network'],
  ['slow', faults.slow(), 'timeout', 'timeout'],
  ['stalled', faults.stalled(), 'timeout', 'timeout'],
  ['dripping', createDrip({ interval: 0.01 }).fault, 'timeout', 'timeout'],
  ['503', faults.status(503), 'status', 'status'],
  ['429', faults.tooManyRequests(7), 'status', 'status'],
  ['html', faults.html(), 'not_json', 'not_json'],
  ['truncated', faults.truncated(), 'not_json', 'not_json'],
  ['cut off', faults.cutOff(), 'network', 'network'],
  ['huge', faults.huge(), 'too_large', 'too_large'],
  ['redirect', faults.redirect('https://elsewhere.test/jwks'), 'redirect', 'redirect'],
  ['not an object', faults.body('[]'), 'not_json', 'not_json'],
  ['wrong issuer', faults.wrongIssuer(), null, 'issuer_mismatch'],
  ['jwks_uri removed', faults.members({ jwks_uri: undefined }), null, 'metadata_invalid'],
  ['empty set', faults.emptySet(), 'no_usable_key', null],
  ['private members', faults.privateMembers(), 'private_key', null],
  ['oct member', faults.octMember(), 'private_key', null],
  ['too many keys', faults.tooManyKeys(), 'too_many_keys', null],
]

describe.each(['in process', 'on a real port'])('%s', (way) => {
  const issuer = createTestIssuer()
  beforeAll(async () => {
    if (way === 'on a real port') await issuer.listen()
  })
  afterAll(() => issuer.close())

  async function failureOf(expected: KeysFailure | null): Promise<KeysFailure | null> {
    const log = createEventLog()
    const verifier = createVerifier({
      issuer: issuer.url,
      audience: issuer.audience,
      // Real time: short only where it is to run out.
      keySet: { timeout: expected === 'timeout' ? 0.3 : 10 },
      onEvent: log.onEvent,
      ...(way === 'in process' ? { fetch: issuer.fetch } : {}),
    })
    await verifier.refresh().catch(() => {})
    return log.ofType('keys_refresh_failed')[0]?.reason ?? null
  }

  it.each(table)('%s', async (_, fault, atKeySet, atMetadata) => {
    issuer.jwksEndpoint.fail(fault)
    expect(await failureOf(atKeySet)).toBe(atKeySet)
    issuer.recover()
    issuer.metadataEndpoint.fail(fault)
    expect(await failureOf(atMetadata)).toBe(atMetadata)
    issuer.recover()
    expect(await failureOf(null)).toBeNull()
  })

  const client = () => (way === 'in process' ? issuer.fetch : fetch)
  const get = (init?: RequestInit) => client()(issuer.jwksUri, init)

  it('huge is made while it is read, and its maker learns that the client went', async () => {
    issuer.jwksEndpoint.clearRequests()
    issuer.jwksEndpoint.fail(faults.huge(200_000), { times: 1 })
    const whole = await (await get()).text()
    expect(whole).toHaveLength(200_000)
    expect(JSON.parse(whole)).toEqual(issuer.jwks())

    issuer.jwksEndpoint.fail(faults.huge(), { times: 1 })
    const reader = (await get()).body?.getReader()
    await reader?.read()
    await reader?.cancel()
    await expect.poll(() => issuer.jwksEndpoint.requests[1]?.cancelled).toBe(true)
    expect(issuer.jwksEndpoint.requests[0]).toMatchObject({ cancelled: false, bytesSent: 200_000 })
    // Over a socket the kernel's buffers fill first.
    expect(issuer.jwksEndpoint.requests[1]?.bytesSent).toBeLessThan(20_000_000)
  })

  it('drips byte by byte, as the test lets them through', async () => {
    const drip = createDrip()
    issuer.jwksEndpoint.fail(drip.fault, { times: 1 })
    const response = await get()
    expect(response.status).toBe(200)
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    const expected = JSON.stringify(issuer.jwks())
    const read = async () => new TextDecoder().decode((await reader.read()).value)
    drip.drop()
    expect(await read()).toBe(expected.slice(0, 1))
    drip.drop(3)
    expect(await read()).toBe(expected.slice(1, 4))
    drip.open()
    let rest = ''
    for (let text = await read(); text !== ''; text = await read()) rest += text
    expect(rest).toBe(expected.slice(4))
  })

  it('fails as often as it is told to', async () => {
    issuer.fail(faults.down())
    issuer.recover()
    issuer.jwksEndpoint.fail(faults.status(500), { times: 2 })
    const statuses = [(await get()).status, (await get()).status, (await get()).status]
    expect(statuses).toEqual([500, 500, 200])
  })

  it('says when to come back', async () => {
    issuer.jwksEndpoint.fail(faults.tooManyRequests(7), { times: 1 })
    expect((await get()).headers.get('retry-after')).toBe('7')
    const date = 'Wed, 21 Oct 2026 07:28:00 GMT'
    issuer.jwksEndpoint.fail(faults.status(503, { retryAfter: date }), { times: 1 })
    expect((await get()).headers.get('retry-after')).toBe(date)
  })

  it('keeps requests waiting, then answers as things stand', async () => {
    issuer.jwksEndpoint.clearRequests()
    const release = issuer.jwksEndpoint.hold()
    const statuses: number[] = []
    const both = [get(), get()].map((pending) => pending.then(({ status }) => statuses.push(status)))
    await issuer.jwksEndpoint.requested(2)
    // The other endpoint answers: time enough for these two to have been answered as well.
    await (await client()(`${issuer.url}/.well-known/openid-configuration`)).text()
    expect(statuses).toEqual([])
    issuer.jwksEndpoint.fail(faults.status(503), { times: 2 })
    release()
    await Promise.all(both)
    expect(statuses).toEqual([503, 503])
    expect((await get()).status).toBe(200)
  })

  it('is given up by an abort before the answer', async () => {
    issuer.jwksEndpoint.clearRequests()
    issuer.jwksEndpoint.fail(faults.slow(), { times: 1 })
    const abort = new AbortController()
    const pending = get({ signal: abort.signal })
    await issuer.jwksEndpoint.requested()
    abort.abort()
    await expect(pending).rejects.toMatchObject({ name: 'AbortError' })
    await expect.poll(() => issuer.jwksEndpoint.requests[0]?.cancelled).toBe(true)
  })

  it('is given up by an abort in the middle of the body', async () => {
    issuer.jwksEndpoint.clearRequests()
    issuer.jwksEndpoint.fail(faults.stalled(), { times: 1 })
    const abort = new AbortController()
    const response = await get({ signal: abort.signal })
    const body = response.text()
    abort.abort()
    await expect(body).rejects.toMatchObject({ name: 'AbortError' })
    await expect.poll(() => issuer.jwksEndpoint.requests[0]?.cancelled).toBe(true)
  })

  it('is reset, not refused, when down', async () => {
    issuer.jwksEndpoint.fail(faults.down(), { times: 1 })
    await expect(get()).rejects.toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNRESET' } })
  })
})

it('takes a fault of the user’s own', async () => {
  const issuer = createTestIssuer({ clock: createManualClock(0) })
  issuer.jwksEndpoint.fail(({ document, url }) => Response.json({ url, was: document }, { status: 418 }))
  const response = await issuer.fetch(issuer.jwksUri)
  expect(response.status).toBe(418)
  expect(await response.json()).toEqual({ url: issuer.jwksUri, was: issuer.jwks() })
})
