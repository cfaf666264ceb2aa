import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  ecKey,
  findKey,
  issuer,
  jwksUri,
  keysResponse,
  rsaKey,
  ScriptedEndpoint,
  settle,
  start,
} from '../../test/scripted-endpoint.js'
import { AuthError } from '../auth-error.js'
import { ConfigError } from '../config-error.js'
import type { KeySet } from './key-set.js'
import type { VerificationKey } from './verification-key.js'

afterEach(() => {
  vi.restoreAllMocks()
})

/** An endpoint whose first set, key `a`, has been fetched. */
async function warm(options: Parameters<ScriptedEndpoint['keySet']>[0] = {}) {
  const endpoint = new ScriptedEndpoint()
  const keySet = endpoint.keySet(options)
  await keySet.ready()
  return { endpoint, keySet, key: keyIn(keySet, 'a') }
}

/** The key under a kid, which must be there without waiting. */
function keyIn(keySet: KeySet, kid: string): VerificationKey {
  const found = findKey(keySet, kid, 'ES256')
  if (found instanceof Promise || found instanceof AuthError) throw new Error(`${kid} is not held`)
  return found
}

async function refusal(found: ReturnType<typeof findKey>): Promise<AuthError> {
  const error = await found
  if (!(error instanceof AuthError)) throw new Error('was not refused')
  return error
}

describe('a known kid', () => {
  test('never waits for the network: fresh, due, stale, while a fetch runs, and while it fails', async () => {
    const { endpoint, keySet, key } = await warm()
    const release = endpoint.hold()
    for (const age of [0, 479, 480, 599, 600, 14_399]) {
      endpoint.now = start + age
      expect(findKey(keySet, 'a', 'ES256')).toBe(key)
      expect(keySet.trusts(key)).toBe(true)
    }
    release()
    await settle()
    endpoint.fail()
    endpoint.now = start + 480 + 14_399
    expect(findKey(keySet, 'a', 'ES256')).toBe(key)
    await settle()
    expect(findKey(keySet, 'a', 'ES256')).toBe(key)
    expect(keySet.trusts(key)).toBe(true)
  })

  test('keeps its key object when a refetch brings the same key', async () => {
    const { keySet, key } = await warm()
    await keySet.refresh()
    expect(keyIn(keySet, 'a')).toBe(key)
    expect(keySet.trusts(key)).toBe(true)
  })

  test('keeps its key object even through an expired set', async () => {
    const { endpoint, keySet, key } = await warm()
    endpoint.now += 14_400
    expect(keySet.trusts(key)).toBe(false)
    expect(await findKey(keySet, 'a', 'ES256')).toBe(key)
    expect(keySet.trusts(key)).toBe(true)
  })

  test('whose key does not fit the algorithm is refused without a refetch', async () => {
    const { endpoint, keySet } = await warm()
    expect(await refusal(findKey(keySet, 'a', 'RS256'))).toMatchObject({
      code: 'token_rejected',
      reason: 'key_unfit',
      issuer,
    })
    expect(endpoint.requests).toBe(1)
  })

  test('with two keys that fit is refused', async () => {
    const { endpoint, keySet } = await warm()
    endpoint.publish([ecKey('a'), ecKey('a', 1), rsaKey('a')])
    await keySet.refresh()
    expect(await refusal(findKey(keySet, 'a', 'ES256'))).toMatchObject({ reason: 'key_ambiguous' })
    expect(findKey(keySet, 'a', 'RS256')).toMatchObject({ kty: 'RSA' })
  })
})

describe('no kid', () => {
  test('means the keys that fit; none is refused without a refetch', async () => {
    const { endpoint, keySet, key } = await warm()
    expect(findKey(keySet, undefined, 'ES256')).toBe(key)
    expect(await refusal(findKey(keySet, undefined, 'EdDSA'))).toMatchObject({
      code: 'token_rejected',
      reason: 'key_not_found',
    })
    endpoint.publish([ecKey('a'), ecKey(undefined, 1)])
    await keySet.refresh()
    expect(keySet.find({ issuer, kid: undefined, alg: 'ES256', claims: {} })).toMatchObject([{ kid: 'a' }, {}])
    expect(endpoint.requests).toBe(2)
    expect(endpoint.eventsOf('key_unknown')).toEqual([])
  })

  test('is answered alike after waiting for the first set', async () => {
    const endpoint = new ScriptedEndpoint()
    expect(await refusal(findKey(endpoint.keySet(), undefined, 'EdDSA'))).toMatchObject({ reason: 'key_not_found' })
    expect(await findKey(endpoint.keySet(), undefined, 'ES256')).toMatchObject({ kid: 'a' })
  })
})

describe('freshness', () => {
  test.each([
    ['0.72 of ten minutes at the earliest', 0, {}, 432],
    ['0.88 of ten minutes at the latest', 1, {}, 528],
    ['of the response max-age', 0.5, { 'cache-control': 'max-age=300' }, 240],
    ['of one minute at least', 0.5, { 'cache-control': 'max-age=1' }, 48],
    ['of ten minutes at most', 0.5, { 'cache-control': 'max-age=86400' }, 480],
  ])('a set is refreshed in the background ahead of its end: %s', async (_name, random, headers, due) => {
    const endpoint = new ScriptedEndpoint()
    endpoint.random = random
    endpoint.publish([ecKey('a')], headers)
    const keySet = endpoint.keySet()
    await keySet.ready()
    endpoint.now = start + due - 1
    const key = keyIn(keySet, 'a')
    await settle()
    expect(endpoint.requests).toBe(1)
    endpoint.now = start + due
    expect(keySet.trusts(key)).toBe(true)
    expect(keySet.trusts(key)).toBe(true)
    await settle()
    expect(endpoint.requests).toBe(2)
    expect(keySet.snapshot()).toMatchObject({ state: 'fresh', age: 0 })
  })

  test('find starts the background refresh too', async () => {
    const { endpoint, keySet } = await warm()
    endpoint.now += 480
    void findKey(keySet, 'a', 'ES256')
    await settle()
    expect(endpoint.requests).toBe(2)
  })

  test('counts from the beginning of the fetch', async () => {
    const endpoint = new ScriptedEndpoint()
    const release = endpoint.hold()
    const keySet = endpoint.keySet()
    const found = findKey(keySet, 'a', 'ES256')
    endpoint.now += 2
    release()
    await found
    expect(keySet.snapshot().age).toBe(2)
  })
})

describe('a withdrawn key', () => {
  test('is not trusted any more as soon as the new set is in', async () => {
    const { endpoint, keySet, key } = await warm()
    endpoint.publish([ecKey('b', 1)])
    endpoint.now += 480
    expect(keySet.trusts(key)).toBe(true)
    await settle()
    expect(keySet.trusts(key)).toBe(false)
    expect(await refusal(findKey(keySet, 'a', 'ES256'))).toMatchObject({
      code: 'token_rejected',
      reason: 'key_not_found',
    })
    expect(keyIn(keySet, 'b')).toMatchObject({ kid: 'b' })
  })

  test('replaced under its own kid is another key', async () => {
    const { endpoint, keySet, key } = await warm()
    endpoint.publish([ecKey('a', 1)])
    await keySet.refresh()
    expect(keySet.trusts(key)).toBe(false)
    expect(keyIn(keySet, 'a')).not.toBe(key)
  })
})

describe('served stale', () => {
  test('up to four hours after the last success, then keys_unavailable, also for remembered keys', async () => {
    const { endpoint, keySet, key } = await warm()
    endpoint.fail()
    endpoint.now = start + 14_399
    expect(keySet.trusts(key)).toBe(true)
    expect(findKey(keySet, 'a', 'ES256')).toBe(key)
    await settle()
    endpoint.now = start + 14_400
    expect(keySet.trusts(key)).toBe(false)
    expect(await refusal(findKey(keySet, 'a', 'ES256'))).toMatchObject({
      code: 'keys_unavailable',
      status: 503,
      issuer,
    })
    expect(keySet.snapshot()).toMatchObject({ state: 'expired', kids: [], age: 14_400 })
  })

  test('a shorter limit can be set', async () => {
    const { endpoint, keySet, key } = await warm({ freshFor: 60, staleFor: 120 })
    endpoint.fail()
    endpoint.now = start + 119
    expect(keySet.trusts(key)).toBe(true)
    endpoint.now = start + 120
    expect(keySet.trusts(key)).toBe(false)
  })

  test('with no freshness and no stale limit every request asks the issuer', async () => {
    const endpoint = new ScriptedEndpoint()
    const keySet = endpoint.keySet({ freshFor: 0, staleFor: 0 })
    expect(await findKey(keySet, 'a', 'ES256')).toMatchObject({ kid: 'a' })
    expect(await findKey(keySet, 'a', 'ES256')).toMatchObject({ kid: 'a' })
    expect(endpoint.requests).toBe(2)
  })

  test('is reported once per outage, when both a request was served stale and a fetch failed', async () => {
    const { endpoint, keySet, key } = await warm()
    endpoint.fail()
    endpoint.now = start + 500
    keySet.trusts(key)
    await settle()
    expect(endpoint.eventsOf('keys_stale_served')).toEqual([])
    endpoint.now = start + 600
    for (let n = 0; n < 3; n += 1) {
      keySet.trusts(key)
      await settle()
      endpoint.now += 100
    }
    expect(endpoint.eventsOf('keys_stale_served')).toEqual([{ type: 'keys_stale_served', issuer, age: 600 }])

    endpoint.publish([ecKey('a')])
    endpoint.now += 100
    keySet.trusts(key)
    await settle()
    endpoint.fail()
    endpoint.now += 700
    keySet.trusts(key)
    await settle()
    expect(endpoint.eventsOf('keys_stale_served')).toHaveLength(2)
  })

  test('is not reported where the refresh that was due succeeds', async () => {
    const { endpoint, keySet, key } = await warm()
    endpoint.fail()
    await refusal(findKey(keySet, 'unknown', 'ES256'))
    endpoint.publish([ecKey('a')])
    endpoint.now = start + 7000
    keySet.trusts(key)
    await settle()
    expect(endpoint.eventsOf('keys_stale_served')).toEqual([])
  })
})

describe('an unknown kid', () => {
  test('costs one refetch that brings it', async () => {
    const { endpoint, keySet, key } = await warm()
    endpoint.publish([ecKey('a'), ecKey('b', 1)])
    expect(await findKey(keySet, 'b', 'ES256')).toMatchObject({ kid: 'b' })
    expect(endpoint.requests).toBe(2)
    expect(keySet.trusts(key)).toBe(true)
    expect(endpoint.eventsOf('key_unknown')).toEqual([])
  })

  test('that the refetch does not bring is refused, reported, and remembered for thirty seconds', async () => {
    const { endpoint, keySet } = await warm()
    expect(await refusal(findKey(keySet, 'x', 'ES256'))).toMatchObject({
      code: 'token_rejected',
      reason: 'key_not_found',
      issuer,
    })
    expect(endpoint.eventsOf('key_unknown')).toEqual([{ type: 'key_unknown', issuer, kid: 'x' }])
    endpoint.now += 29
    expect(findKey(keySet, 'x', 'ES256')).toMatchObject({ code: 'token_rejected', reason: 'key_not_found' })
    expect(endpoint.requests).toBe(2)
    endpoint.now += 1
    await findKey(keySet, 'x', 'ES256')
    expect(endpoint.requests).toBe(3)
  })

  test('may refetch twice at once, then once in five seconds; else it is token_rejected without waiting', async () => {
    const { endpoint, keySet } = await warm()
    await findKey(keySet, 'x1', 'ES256')
    await findKey(keySet, 'x2', 'ES256')
    expect(endpoint.requests).toBe(3)
    expect(findKey(keySet, 'x3', 'ES256')).toMatchObject({ code: 'token_rejected', reason: 'key_not_found' })
    endpoint.now += 4.9
    expect(findKey(keySet, 'x3', 'ES256')).toBeInstanceOf(AuthError)
    endpoint.now += 0.1
    expect(findKey(keySet, 'x3', 'ES256')).toBeInstanceOf(Promise)
    await settle()
    expect(endpoint.requests).toBe(4)
  })

  test('follows the configured cooldown', async () => {
    const { endpoint, keySet } = await warm({ cooldown: 0 })
    for (let n = 0; n < 20; n += 1) await findKey(keySet, `x${n}`, 'ES256')
    expect(endpoint.requests).toBe(21)
  })

  test('whose refetch fails is keys_unavailable, and counts', async () => {
    const { endpoint, keySet, key } = await warm()
    endpoint.fail()
    expect(await refusal(findKey(keySet, 'x1', 'ES256'))).toMatchObject({ code: 'keys_unavailable', retryAfter: 0.25 })
    endpoint.now += 0.25
    await findKey(keySet, 'x2', 'ES256')
    expect(endpoint.requests).toBe(3)
    expect(keySet.trusts(key)).toBe(true)
    expect(endpoint.eventsOf('key_unknown')).toEqual([])
    // The back-off is over, the allowance is not there yet: the outage is still no 401.
    endpoint.now += 1
    expect(findKey(keySet, 'x3', 'ES256')).toMatchObject({ code: 'keys_unavailable', retryAfter: 3.75 })
    expect(endpoint.requests).toBe(3)
  })

  test('in an outage is keys_unavailable at once while the back-off lasts', async () => {
    const { endpoint, keySet } = await warm()
    endpoint.fail(429, { 'retry-after': '20' })
    await findKey(keySet, 'x1', 'ES256')
    endpoint.now += 12
    expect(findKey(keySet, 'x2', 'ES256')).toMatchObject({ code: 'keys_unavailable', retryAfter: 8 })
    expect(endpoint.requests).toBe(2)
  })

  test('joins a fetch that is under way, whoever began it', async () => {
    const { endpoint, keySet, key } = await warm()
    const release = endpoint.hold()
    endpoint.now += 480
    keySet.trusts(key)
    const found = [findKey(keySet, 'x1', 'ES256'), findKey(keySet, 'x2', 'ES256'), findKey(keySet, 'x1', 'ES256')]
    release()
    for (const each of found) expect(await refusal(each)).toMatchObject({ reason: 'key_not_found' })
    expect(endpoint.requests).toBe(2)
  })

  test('that only joined a fetch may still have its own: the kid may be younger than that answer', async () => {
    const { endpoint, keySet, key } = await warm()
    const release = endpoint.hold()
    endpoint.now += 480
    keySet.trusts(key)
    const found = findKey(keySet, 'b', 'ES256')
    release()
    await refusal(found)
    endpoint.publish([ecKey('a'), ecKey('b', 1)])
    expect(await findKey(keySet, 'b', 'ES256')).toMatchObject({ kid: 'b' })
  })

  test('may be of any shape', async () => {
    const { endpoint, keySet } = await warm()
    for (const kid of ['__proto__', 'constructor', '', '\ud800', 'k'.repeat(8192)]) {
      endpoint.now += 5
      expect(await refusal(findKey(keySet, kid, 'ES256'))).toMatchObject({ reason: 'key_not_found' })
    }
    expect(endpoint.eventsOf('key_unknown').at(-1)?.kid).toBe('k'.repeat(128))
  })

  test('2,000 of them in an outage: bounded fetches, the known kid unharmed, none answered 401', async () => {
    const { endpoint, keySet, key } = await warm()
    endpoint.fail()
    for (let n = 0; n < 2000; n += 1) {
      endpoint.now += 0.05
      expect(await refusal(findKey(keySet, `x${n}`, 'ES256'))).toMatchObject({ code: 'keys_unavailable' })
      expect(findKey(keySet, 'a', 'ES256')).toBe(key)
    }
    expect(endpoint.requests - 1).toBeLessThanOrEqual(2 + 100 / 5)
  })
})

describe('without a set', () => {
  test('a thousand requests at once cost one fetch', async () => {
    const endpoint = new ScriptedEndpoint()
    const keySet = endpoint.keySet()
    const found = await Promise.all(Array.from({ length: 1000 }, () => findKey(keySet, 'a', 'ES256')))
    expect(endpoint.requests).toBe(1)
    expect(new Set(found).size).toBe(1)
    expect(found[0]).toMatchObject({ kid: 'a' })
  })

  test('a thousand requests at once in an outage cost one fetch too', async () => {
    const endpoint = new ScriptedEndpoint()
    endpoint.fail()
    const keySet = endpoint.keySet()
    const found = await Promise.all(Array.from({ length: 1000 }, () => findKey(keySet, 'a', 'ES256')))
    expect(endpoint.requests).toBe(1)
    for (const each of found) expect(each).toMatchObject({ code: 'keys_unavailable', retryAfter: 0.25 })
  })

  test('nobody waits while the back-off lasts', async () => {
    const endpoint = new ScriptedEndpoint()
    endpoint.fail(503, { 'retry-after': '7' })
    const keySet = endpoint.keySet()
    await findKey(keySet, 'a', 'ES256')
    endpoint.now += 3
    expect(findKey(keySet, 'a', 'ES256')).toMatchObject({ code: 'keys_unavailable', retryAfter: 4 })
    await expect(keySet.ready()).rejects.toMatchObject({ code: 'keys_unavailable', retryAfter: 4 })
    expect(endpoint.requests).toBe(1)
    endpoint.now += 4
    endpoint.publish([ecKey('a')])
    expect(await findKey(keySet, 'a', 'ES256')).toMatchObject({ kid: 'a' })
  })

  test('a kid that the first set lacks is refused and needs no second fetch', async () => {
    const endpoint = new ScriptedEndpoint()
    const keySet = endpoint.keySet()
    expect(await refusal(findKey(keySet, 'x', 'ES256'))).toMatchObject({ reason: 'key_not_found' })
    expect(findKey(keySet, 'x', 'ES256')).toMatchObject({ reason: 'key_not_found' })
    expect(endpoint.requests).toBe(1)
  })

  test('trusts nothing', async () => {
    const { key } = await warm()
    expect(new ScriptedEndpoint().keySet().trusts(key)).toBe(false)
  })
})

describe('after failures', () => {
  test('attempts are spaced by full-jitter back-off, and events say by how much', async () => {
    const { endpoint, keySet, key } = await warm()
    endpoint.random = 1
    endpoint.fail()
    const attempts: number[] = []
    const { respond } = endpoint
    endpoint.respond = (url, init) => {
      attempts.push(endpoint.now - start)
      return respond(url, init)
    }
    for (endpoint.now = start + 480; endpoint.now < start + 1080; endpoint.now += 0.25) {
      expect(keySet.trusts(key)).toBe(true)
      await settle()
    }
    const gaps = attempts.slice(1).map((at, index) => at - (attempts[index] ?? 0))
    expect(gaps.slice(0, 9)).toEqual([0.25, 0.5, 1, 2, 4, 8, 16, 30, 30])
    expect(new Set(gaps.slice(7))).toEqual(new Set([30]))
    expect(endpoint.eventsOf('keys_refresh_failed').slice(0, 3)).toEqual(
      [0.25, 0.5, 1].map((retryAfter) => ({
        type: 'keys_refresh_failed',
        ...{ issuer, reason: 'status', step: 'keys', url: jwksUri, status: 503, retryAfter },
      })),
    )
  })

  test('Retry-After is honoured, as seconds and as a date', async () => {
    const { endpoint, keySet, key } = await warm()
    endpoint.now = start + 500
    endpoint.fail(503, { 'retry-after': '90' })
    keySet.trusts(key)
    await settle()
    expect(keySet.snapshot().nextAttempt).toBe(start + 590)
    endpoint.fail(503, { 'retry-after': new Date((start + 700) * 1000).toUTCString() })
    endpoint.now = start + 590
    keySet.trusts(key)
    await settle()
    expect(keySet.snapshot().nextAttempt).toBe(start + 700)
    endpoint.now = start + 699
    keySet.trusts(key)
    await settle()
    expect(endpoint.requests).toBe(3)
  })

  test.each<[string, () => Response, string]>([
    ['HTML', () => new Response('<html>'), 'not_json'],
    ['a redirect', () => new Response(null, { status: 302, headers: { location: 'https://x.example' } }), 'redirect'],
    ['a huge body', () => new Response('x'.repeat(70_000)), 'too_large'],
    ['an empty set', () => keysResponse([]), 'no_usable_key'],
    ['a private key', () => keysResponse([ecKey('a'), ecKey('b', 1, { d: 'AAAA' })]), 'private_key'],
    ['a symmetric key', () => keysResponse([ecKey('a'), { kty: 'oct', k: 'AAAA' }]), 'private_key'],
    ['51 keys', () => keysResponse(Array.from({ length: 51 }, (_, n) => ecKey(`k${n}`))), 'too_many_keys'],
  ])('%s never replaces a good set', async (_name, respond, reason) => {
    const { endpoint, keySet, key } = await warm()
    endpoint.respond = respond
    await expect(keySet.refresh()).rejects.toMatchObject({ code: 'keys_unavailable', retryAfter: 0.25 })
    expect(keySet.trusts(key)).toBe(true)
    expect(keySet.snapshot()).toMatchObject({ state: 'fresh', lastError: reason, kids: ['a'] })
    const status = reason === 'redirect' ? { status: 302 } : {}
    expect(endpoint.eventsOf('keys_refresh_failed')).toEqual([
      { type: 'keys_refresh_failed', issuer, reason, step: 'keys', url: jwksUri, retryAfter: 0.25, ...status },
    ])
  })

  test('an endpoint that hangs is a timeout of the configured length', async () => {
    const endpoint = new ScriptedEndpoint()
    endpoint.hold()
    const keySet = endpoint.keySet({ timeout: 0.05 })
    await expect(keySet.ready()).rejects.toMatchObject({ code: 'keys_unavailable' })
    expect(keySet.snapshot().lastError).toBe('timeout')
  })
})

describe('metadata', () => {
  test('is where the keys are found without a jwksUri, and another issuer in it is keys_unavailable', async () => {
    const endpoint = new ScriptedEndpoint()
    let named = 'https://id.example/other'
    endpoint.respond = (url) =>
      url === jwksUri ? keysResponse([ecKey('a')]) : Response.json({ issuer: named, jwks_uri: jwksUri })
    const keySet = endpoint.keySet({ place: { issuer, metadataUri: undefined, plainHttp: [] } })
    expect(await refusal(findKey(keySet, 'a', 'ES256'))).toMatchObject({ code: 'keys_unavailable' })
    expect(keySet.snapshot().lastError).toBe('issuer_mismatch')
    named = issuer
    endpoint.now += 1
    expect(await findKey(keySet, 'a', 'ES256')).toMatchObject({ kid: 'a' })
  })
})

describe('start-up', () => {
  test('lazy fetches with the first need, background and require at once', async () => {
    const endpoints = (['lazy', 'background', 'require'] as const).map((startup) => {
      const endpoint = new ScriptedEndpoint()
      endpoint.keySet({ startup })
      return endpoint
    })
    await settle()
    expect(endpoints.map((endpoint) => endpoint.requests)).toEqual([0, 1, 1])
  })

  test('ready joins the fetch begun at construction', async () => {
    const endpoint = new ScriptedEndpoint()
    await endpoint.keySet({ startup: 'require' }).ready()
    expect(endpoint.requests).toBe(1)
  })

  test.each(['lazy', 'background', 'require'] as const)(
    '%s: ready rejects where no set can be had',
    async (startup) => {
      const endpoint = new ScriptedEndpoint()
      endpoint.fail()
      await expect(endpoint.keySet({ startup }).ready()).rejects.toMatchObject({ code: 'keys_unavailable', issuer })
      expect(endpoint.requests).toBe(1)
    },
  )

  test('a failure in the background is an event and nothing else', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    const endpoint = new ScriptedEndpoint()
    endpoint.respond = () => Promise.reject(new TypeError('fetch failed'))
    endpoint.keySet({ startup: 'background' })
    await settle()
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
    expect(endpoint.eventsOf('keys_refresh_failed')).toMatchObject([{ reason: 'network' }])
  })

  test('a seed is served at once as a stale set, and refreshed at the first request', async () => {
    const endpoint = new ScriptedEndpoint()
    endpoint.publish([ecKey('b', 1)])
    const keySet = endpoint.keySet({ seed: { keys: [ecKey('a')] } })
    await keySet.ready()
    expect(keySet.snapshot()).toMatchObject({ state: 'stale', age: null, kids: ['a'], nextAttempt: start })
    const key = keyIn(keySet, 'a')
    await settle()
    expect(endpoint.requests).toBe(1)
    expect(keySet.trusts(key)).toBe(false)
    expect(keyIn(keySet, 'b')).toMatchObject({ kid: 'b' })
  })

  test('a seed carries over an outage at boot, until the stale limit after construction', async () => {
    const endpoint = new ScriptedEndpoint()
    endpoint.fail()
    const keySet = endpoint.keySet({ seed: { keys: [ecKey('a')] } })
    const key = keyIn(keySet, 'a')
    await settle()
    expect(endpoint.eventsOf('keys_stale_served')).toEqual([{ type: 'keys_stale_served', issuer, age: 0 }])
    endpoint.now = start + 14_399
    expect(keySet.trusts(key)).toBe(true)
    endpoint.now = start + 14_400
    expect(keySet.trusts(key)).toBe(false)
  })

  test.each([
    ['private', [ecKey('a', 0, { d: 'AAAA' })]],
    ['empty', []],
  ])('a seed that is %s is a ConfigError', (_name, keys) => {
    expect(() => new ScriptedEndpoint().keySet({ seed: { keys } })).toThrow(ConfigError)
  })
})

describe('an operator', () => {
  test('can refresh whatever freshness and back-off say', async () => {
    const { endpoint, keySet } = await warm()
    endpoint.fail(503, { 'retry-after': '600' })
    await expect(keySet.refresh()).rejects.toMatchObject({ code: 'keys_unavailable', retryAfter: 600 })
    endpoint.publish([ecKey('b', 1)])
    await keySet.refresh()
    expect(keySet.snapshot()).toMatchObject({ kids: ['b'], lastError: null })
    expect(endpoint.eventsOf('keys_refreshed').at(-1)).toEqual({ type: 'keys_refreshed', issuer, kids: ['b'] })
  })

  test('reads kids as a log can bear them: cut, and in printable ASCII', async () => {
    const { endpoint, keySet } = await warm()
    endpoint.publish([ecKey('b\n\u2028{"type":"forged"}', 1), ecKey('c'.repeat(200), 2)])
    await keySet.refresh()
    expect(endpoint.eventsOf('keys_refreshed').at(-1)?.kids).toEqual([
      'b\\u000a\\u2028{"type":"forged"}',
      'c'.repeat(128),
    ])
  })

  test('can forget a kid at once; the same key never comes back, a different one under it does', async () => {
    const { endpoint, keySet, key } = await warm()
    endpoint.publish([ecKey('a'), ecKey('b', 1)])
    await keySet.refresh()
    keySet.forget('a')
    expect(keySet.trusts(key)).toBe(false)
    expect(keySet.snapshot().kids).toEqual(['b'])
    expect(await refusal(findKey(keySet, 'a', 'ES256'))).toMatchObject({ reason: 'key_not_found' })
    expect(keyIn(keySet, 'b')).toMatchObject({ kid: 'b' })
    endpoint.publish([ecKey('a', 2)])
    await keySet.refresh()
    expect(keySet.trusts(key)).toBe(false)
    expect(keyIn(keySet, 'a')).not.toBe(key)
  })

  test('can forget a kid while a fetch runs, and before the first', async () => {
    const endpoint = new ScriptedEndpoint()
    const release = endpoint.hold()
    const keySet = endpoint.keySet()
    const found = findKey(keySet, 'a', 'ES256')
    keySet.forget('a')
    release()
    expect(await refusal(found)).toMatchObject({ code: 'token_rejected', reason: 'key_not_found' })
  })

  test('sees how a set stands through its whole life', async () => {
    const endpoint = new ScriptedEndpoint()
    const keySet = endpoint.keySet()
    const empty = { issuer, state: 'empty', age: null, kids: [], lastError: null, nextAttempt: start }
    expect(keySet.snapshot()).toEqual(empty)
    await keySet.ready()
    expect(keySet.snapshot()).toEqual({ ...empty, state: 'fresh', age: 0, kids: ['a'], nextAttempt: start + 480 })
    endpoint.now = start + 700
    const stale = { ...empty, state: 'stale', age: 700, kids: ['a'], nextAttempt: start + 700 }
    expect(keySet.snapshot()).toEqual(stale)
    endpoint.fail(500, { 'retry-after': '40' })
    void findKey(keySet, 'a', 'ES256')
    await settle()
    expect(keySet.snapshot()).toEqual({ ...stale, lastError: 'status', nextAttempt: start + 740 })
    endpoint.now = start + 20_000
    expect(keySet.snapshot()).toMatchObject({ state: 'expired', age: 20_000, kids: [], nextAttempt: start + 20_000 })
    expect(endpoint.requests).toBe(2)
  })
})

describe('the clock stepping backwards', () => {
  test('by an hour ends the freshness and not the set', async () => {
    const { endpoint, keySet, key } = await warm()
    endpoint.now = start - 3600
    endpoint.fail()
    expect(keySet.trusts(key)).toBe(true)
    expect(keySet.snapshot()).toMatchObject({ state: 'stale', age: 0 })
    await settle()
    expect(endpoint.requests).toBe(2)
    endpoint.publish([ecKey('b', 1)])
    endpoint.now += 1
    keySet.trusts(key)
    await settle()
    expect(keySet.trusts(key)).toBe(false)
    expect(keySet.snapshot()).toMatchObject({ state: 'fresh', age: 0, nextAttempt: endpoint.now + 480 })
  })

  test('by a second takes a second of the freshness', async () => {
    const { endpoint, keySet } = await warm()
    endpoint.now = start - 1
    expect(keySet.snapshot().nextAttempt).toBe(start + 478)
    endpoint.now = start + 477
    void findKey(keySet, 'a', 'ES256')
    await settle()
    expect(endpoint.requests).toBe(1)
    endpoint.now = start + 478
    void findKey(keySet, 'a', 'ES256')
    await settle()
    expect(endpoint.requests).toBe(2)
  })

  test('does not make a set eternal: the stale limit is counted in the time that is seen to pass', async () => {
    const { endpoint, keySet, key } = await warm()
    endpoint.fail()
    endpoint.now = start - 1_000_000
    expect(keySet.trusts(key)).toBe(true)
    endpoint.now += 14_399
    expect(keySet.trusts(key)).toBe(true)
    endpoint.now += 1
    expect(keySet.trusts(key)).toBe(false)
  })

  test('prolongs no back-off', async () => {
    const endpoint = new ScriptedEndpoint()
    endpoint.fail(503, { 'retry-after': '30' })
    const keySet = endpoint.keySet()
    await findKey(keySet, 'a', 'ES256')
    endpoint.now = start - 1_000_000
    expect(findKey(keySet, 'a', 'ES256')).toMatchObject({ retryAfter: 30 })
    expect(keySet.snapshot().nextAttempt).toBe(endpoint.now + 30)
    endpoint.now += 30
    expect(findKey(keySet, 'a', 'ES256')).toBeInstanceOf(Promise)
  })
})

describe('a fetch that the platform has ended silently', () => {
  test('is given up, and what it brings later does not replace a newer set', async () => {
    const { endpoint, keySet, key } = await warm()
    const release = endpoint.hold()
    const at = vi.spyOn(performance, 'now').mockReturnValue(0)
    endpoint.now += 480
    keySet.trusts(key)
    await settle()
    endpoint.publish([ecKey('b', 1)])
    at.mockReturnValue(60_000)
    endpoint.now += 60
    keySet.trusts(key)
    await settle()
    expect(keySet.snapshot()).toMatchObject({ kids: ['b'] })
    release()
    await settle()
    expect(endpoint.requests).toBe(3)
    expect(keySet.snapshot()).toMatchObject({ kids: ['b'] })
  })
})
