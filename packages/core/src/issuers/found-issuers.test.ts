import { afterEach, describe, expect, it, vi } from 'vitest'
import { audience, claimsSet, createKey, now, signToken } from '../../test/fixtures.js'
import { settle } from '../../test/scripted-endpoint.js'
import type { AuthError } from '../auth-error.js'
import { createVerifier } from '../create-verifier.js'
import type { CoreEvent } from '../events.js'
import { createKeySet } from '../keys/shared-key-set.js'
import type { Verifier } from '../verifier.js'
import type { FindIssuer, FoundIssuer } from './find-issuer.js'

const key = createKey('ES256')
const jwks = { keys: [key.jwk] }
const ours: FoundIssuer = { audience, jwks }

afterEach(() => {
  vi.useRealTimers()
})

/** A verifier over a lookup, with a clock that the test moves, and all that was asked, fetched and told. */
function world(find: (iss: string) => unknown, options: { keepFor?: number } = {}) {
  const seen = { now, asked: [] as string[], fetched: [] as string[], events: [] as CoreEvent[] }
  const verifier = createVerifier({
    issuers: ((iss) => {
      seen.asked.push(iss)
      return find(iss)
    }) as FindIssuer,
    clock: () => seen.now,
    fetch: async (url) => {
      seen.fetched.push(String(url))
      return Response.json(jwks)
    },
    onEvent: (event) => seen.events.push(event),
    random: () => 0.5,
    ...options,
  })
  return Object.assign(seen, { verifier, failures: () => seen.events.filter((e) => e.type === 'issuer_lookup_failed') })
}

function token(iss: unknown, claims: Record<string, unknown> = {}): string {
  return signToken(key, claimsSet({ iss, exp: now + 100_000, ...claims }))
}

/** `good`, or the code and reason. */
async function outcome(verifier: Verifier, text: string): Promise<string> {
  try {
    await verifier.verify(text)
    return 'good'
  } catch (error) {
    const { code, reason } = error as AuthError
    return code === reason ? code : `${code}: ${reason}`
  }
}

describe('an issuer that is found', () => {
  it('verifies like one that is listed; one that is not ours is unknown', async () => {
    const { verifier } = world((iss) => (iss === 'a' ? ours : null))
    expect(verifier.verify(token('a'))).toHaveProperty('claims.iss', 'a')
    expect(await outcome(verifier, token('b'))).toBe('token_rejected: iss_unknown')
    expect(await outcome(verifier, token('a', { aud: 'other' }))).toBe('token_rejected: aud_mismatch')
  })

  it.each([undefined, null, 5, ['a'], { a: 1 }, true, 'x'.repeat(513)])('is not asked for as %j', async (iss) => {
    const { verifier, asked } = world(() => ours)
    expect(await outcome(verifier, token(iss))).toBe('token_rejected: iss_unknown')
    expect(asked).toEqual([])
  })

  it('is asked for by any other name, odd ones too', async () => {
    const { verifier, asked } = world(() => null)
    const names = ['', 'x'.repeat(512), '__proto__', 'constructor', '\u0000', '../a']
    for (const name of names) expect(await outcome(verifier, token(name))).toBe('token_rejected: iss_unknown')
    expect(asked).toEqual(names)
  })

  it('is asked for before anything of header and claims is looked at, and not for what is malformed', async () => {
    const { verifier, asked } = world(() => null)
    const odd = signToken(key, { iss: 'a' }, { alg: 'none', crit: ['x'] })
    expect(await outcome(verifier, odd)).toBe('token_rejected: iss_unknown')
    expect(await outcome(verifier, `${odd}.x`)).toBe('token_malformed')
    expect(asked).toEqual(['a'])
  })

  it('may be found later', async () => {
    const { verifier } = world(async (iss) => (iss === 'a' ? ours : null))
    const found = verifier.verify(token('a'))
    expect(found).toBeInstanceOf(Promise)
    expect(await found).toHaveProperty('claims.iss', 'a')
    expect(await outcome(verifier, token('b'))).toBe('token_rejected: iss_unknown')
    expect(verifier.verify(token('a', { sub: 'now' }))).toHaveProperty('claims.sub', 'now')
  })

  it('may say its name or leave it out', async () => {
    const { verifier } = world((iss) => ({ ...ours, issuer: iss }))
    expect(await outcome(verifier, token('a'))).toBe('good')
  })

  it('shows in keySets, is refreshed by name, and is looked up for that', async () => {
    const { verifier, fetched } = world((iss) =>
      iss.startsWith('https://') ? { audience, jwksUri: `${iss}/jwks` } : null,
    )
    expect(verifier.keySets()).toEqual([])
    await verifier.ready()
    await verifier.refresh('https://a.example')
    expect(verifier.keySets()).toMatchObject([{ issuer: 'https://a.example', state: 'fresh' }])
    await verifier.refresh()
    expect(fetched).toEqual(['https://a.example/jwks', 'https://a.example/jwks'])
    await expect(verifier.refresh('b')).rejects.toThrow('No issuer of that name is found by this verifier.')
  })
})

describe('an answer is kept', () => {
  it('for ten minutes, of either kind', async () => {
    const w = world((iss) => (iss === 'a' ? ours : null))
    for (const later of [0, 599.9]) {
      w.now = now + later
      for (const sub of ['1', '2']) {
        expect(await outcome(w.verifier, token('a', { sub: `${sub} ${later}` }))).toBe('good')
        expect(await outcome(w.verifier, token('b', { sub }))).toBe('token_rejected: iss_unknown')
      }
    }
    expect(w.asked).toEqual(['a', 'b'])
    w.now = now + 600
    await outcome(w.verifier, token('a', { sub: 'later' }))
    await outcome(w.verifier, token('b'))
    expect(w.asked).toEqual(['a', 'b', 'a', 'b'])
  })

  it('for as long as keepFor says, and not past a clock that steps back', async () => {
    const w = world(() => ours, { keepFor: 5 })
    for (const [later, calls] of [
      [0, 1],
      [4, 1],
      [5, 2],
      [1, 3],
    ] as const) {
      w.now = now + later
      expect(await outcome(w.verifier, token('a', { sub: `${later}` }))).toBe('good')
      expect(w.asked).toHaveLength(calls)
    }
  })

  it('so a tenant that has gone is refused, its remembered tokens too', async () => {
    let gone = false
    const w = world(() => (gone ? null : ours))
    const remembered = token('a')
    expect(await outcome(w.verifier, remembered)).toBe('good')
    gone = true
    w.now = now + 599
    expect(await outcome(w.verifier, remembered)).toBe('good')
    w.now = now + 600
    expect(await outcome(w.verifier, remembered)).toBe('token_rejected: iss_unknown')
    expect(w.verifier.keySets()).toEqual([])
  })

  it('and an answer that stays the same keeps the issuer and its keys', async () => {
    const w = world(() => ({ audience: [audience], jwksUri: 'https://a.example/jwks', keySet: { freshFor: 4000 } }))
    const remembered = token('a')
    for (const later of [0, 700, 1400]) {
      w.now = now + later
      expect(await outcome(w.verifier, remembered)).toBe('good')
      expect(await outcome(w.verifier, token('a', { sub: `${later}` }))).toBe('good')
    }
    expect(w.asked).toHaveLength(3)
    expect(w.fetched).toHaveLength(1)
  })

  it('and one that changed, even in place, makes a new issuer', async () => {
    const options = { audience: [audience], jwks }
    const w = world(() => options)
    const remembered = token('a')
    expect(await outcome(w.verifier, remembered)).toBe('good')
    options.audience[0] = 'other'
    expect(await outcome(w.verifier, remembered)).toBe('good')
    w.now = now + 600
    expect(await outcome(w.verifier, remembered)).toBe('token_rejected: aud_mismatch')
    expect(await outcome(w.verifier, token('a', { aud: 'other' }))).toBe('good')
  })

  it('at most 10,000 of each kind: the issuer looked up longest ago is asked for anew, its remembered tokens too', async () => {
    const w = world((iss) => (iss.startsWith('t') ? ours : null))
    const first = token('t0')
    expect(await outcome(w.verifier, first)).toBe('good')
    const bad = (iss: string) => `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.${encodeIss(iss)}.AAAA`
    for (let n = 1; n < 10_000; n += 1) await outcome(w.verifier, bad(`t${n}`))
    expect(w.asked).toHaveLength(10_000)
    expect(await outcome(w.verifier, first)).toBe('good')
    expect(w.asked).toHaveLength(10_000)
    await outcome(w.verifier, bad('t10000'))
    expect(await outcome(w.verifier, first)).toBe('good')
    expect(w.asked.slice(10_000)).toEqual(['t10000', 't0'])
    expect(w.verifier.keySets()).toHaveLength(10_000)
  })
})

function encodeIss(iss: string): string {
  return Buffer.from(JSON.stringify({ iss })).toString('base64url')
}

describe('a lookup', () => {
  it('is one for all who need it', async () => {
    let answer: (options: FoundIssuer) => void = () => {}
    const w = world(() => new Promise((resolve) => (answer = resolve)))
    const all = Array.from({ length: 100 }, (_, n) => outcome(w.verifier, token('a', { sub: `${n}` })))
    await settle()
    answer(ours)
    expect(new Set(await Promise.all(all))).toEqual(new Set(['good']))
    expect(w.asked).toEqual(['a'])
  })

  it('is one of at most 64 at a time; the rest waits and has its turn', async () => {
    const answers: (() => void)[] = []
    let atATime = 0
    let most = 0
    const w = world(async () => {
      atATime += 1
      most = Math.max(most, atATime)
      await new Promise<void>((resolve) => answers.push(resolve))
      atATime -= 1
      return ours
    })
    const all = Array.from({ length: 200 }, (_, n) => outcome(w.verifier, token(`i${n}`)))
    await settle()
    expect(w.asked).toHaveLength(64)
    while (answers.length > 0) {
      answers.shift()?.()
      await settle()
    }
    expect(new Set(await Promise.all(all))).toEqual(new Set(['good']))
    expect(most).toBe(64)
    expect(w.asked).toHaveLength(200)
  })

  it.each<[string, string, (iss: string) => unknown]>([
    [
      'threw',
      'throws',
      () => {
        throw new Error('the database is down')
      },
    ],
    ['threw', 'rejects', () => Promise.reject(new Error('the database is down'))],
    [
      'threw',
      'gives what throws when it is awaited',
      () =>
        Object.defineProperty({}, 'then', {
          get() {
            throw new Error('no')
          },
        }),
    ],
    ['issuer_mismatch', 'names another issuer', () => ({ ...ours, issuer: 'b' })],
    ['issuer_mismatch', 'names no issuer', () => ({ ...ours, issuer: null })],
    ['options_refused', 'gives nothing', () => undefined],
    ['options_refused', 'gives no options', () => 'a'],
    ['options_refused', 'gives a list', () => []],
    ['options_refused', 'gives an unknown option', () => ({ ...ours, audiense: 'x' })],
    ['options_refused', 'gives introspection', () => ({ ...ours, introspection: () => () => ({}) })],
    ['options_refused', 'gives no audience', () => ({ jwks })],
    ['options_refused', 'gives plain http', async () => ({ audience, jwksUri: 'http://a.example/jwks' })],
    [
      'options_refused',
      'gives options that cannot be read',
      () => ({
        audience,
        get jwks() {
          throw new Error('no')
        },
      }),
    ],
  ])('is 503 and told as %s where it %s, and not kept', async (reason, _how, find) => {
    let broken = true
    const w = world((iss) => (broken ? find(iss) : ours))
    expect(await outcome(w.verifier, token('a'))).toBe('keys_unavailable')
    expect(w.failures()).toMatchObject([{ issuer: 'a', reason }])
    broken = false
    expect(await outcome(w.verifier, token('a'))).toBe('good')
    expect(w.asked).toEqual(['a', 'a'])
    // Again, where the answer before was good.
    w.now += 600
    broken = true
    expect(await outcome(w.verifier, token('a'))).toBe('keys_unavailable')
    expect(w.failures()).toMatchObject([{ reason }, { issuer: 'a', reason }])
  })

  it('says what is wrong with options, and nothing of what was thrown', async () => {
    const w = world((iss) => {
      if (iss === 'a') return { jwks }
      throw new Error('password')
    })
    await outcome(w.verifier, token('a'))
    await outcome(w.verifier, token('b\n\u202e'))
    expect(w.failures()).toEqual([
      {
        type: 'issuer_lookup_failed',
        issuer: 'a',
        reason: 'options_refused',
        detail: expect.stringMatching(/^audience/),
      },
      { type: 'issuer_lookup_failed', issuer: 'b\\u000a\\u202e', reason: 'threw' },
    ])
  })

  it('that takes over 3 s is 503, and gives its turn away', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    let hangs = true
    const w = world(() => (hangs ? new Promise(() => {}) : ours))
    const all = Array.from({ length: 65 }, (_, n) => outcome(w.verifier, token(`i${n}`)))
    await vi.advanceTimersByTimeAsync(2999)
    expect(w.failures()).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(w.failures()).toHaveLength(64)
    expect(w.failures()[0]).toMatchObject({ issuer: 'i0', reason: 'timeout' })
    await vi.advanceTimersByTimeAsync(3000)
    expect(new Set(await Promise.all(all))).toEqual(new Set(['keys_unavailable']))
    hangs = false
    expect(await outcome(w.verifier, token('i0'))).toBe('good')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('that fails leaves what is known alone', async () => {
    let down = false
    const w = world(() => (down ? Promise.reject(new Error('down')) : { audience, jwksUri: 'https://a.example/jwks' }))
    const remembered = token('a')
    expect(await outcome(w.verifier, remembered)).toBe('good')
    down = true
    w.now = now + 600
    expect(await outcome(w.verifier, remembered)).toBe('keys_unavailable')
    down = false
    expect(await outcome(w.verifier, remembered)).toBe('good')
    await settle()
    // Once at first, and once because ten minutes have passed.
    expect(w.fetched).toHaveLength(2)
  })
})

describe('forgetting a key', () => {
  const unknownKey = 'token_rejected: key_not_found'

  it.each([undefined, 'a'])('outlasts the issuer, of all or of %s', async (issuer) => {
    let version = 0
    const w = world(() => ({ audience: [audience, `${version}`], jwksUri: 'https://a.example/jwks' }))
    expect(await outcome(w.verifier, token('a'))).toBe('good')
    w.verifier.forget('k1', issuer)
    expect(await outcome(w.verifier, token('a'))).toBe(unknownKey)
    version = 1
    w.now = now + 600
    expect(await outcome(w.verifier, token('a'))).toBe(unknownKey)
    expect(w.fetched.length).toBeGreaterThan(1)
    w.verifier.forget('k1', issuer)
    expect(await outcome(w.verifier, token('a'))).toBe(unknownKey)
  })

  it.each([undefined, 'a'])('counts for an issuer that is found only later, of all or of %s', async (issuer) => {
    const w = world(() => ({ audience, jwksUri: 'https://a.example/jwks' }))
    w.verifier.forget('k1', issuer)
    w.verifier.forget('k2', issuer)
    expect(await outcome(w.verifier, token('a'))).toBe(unknownKey)
    expect(await outcome(w.verifier, token('b'))).toBe(issuer === undefined ? unknownKey : 'good')
  })

  it('of one issuer leaves the others alone', async () => {
    const w = world(() => ours)
    for (const iss of ['a', 'b']) expect(await outcome(w.verifier, token(iss))).toBe('good')
    w.verifier.forget('k1', 'a')
    expect(await outcome(w.verifier, token('a'))).toBe(unknownKey)
    expect(await outcome(w.verifier, token('b'))).toBe('good')
  })
})

describe('a key set that found issuers share', () => {
  it('is fetched once, listed once, and refuses what another tenant signed for', async () => {
    const template = { ...key.jwk, issuer: 'https://id.example/{tenantid}' }
    let fetched = 0
    const fetch = async () => {
      fetched += 1
      return Response.json({ keys: [template] })
    }
    const keys = createKeySet({ jwksUri: 'https://id.example/keys', fetch })
    const w = world((iss) => (iss.startsWith('https://id.example/') ? { audience, keys } : null))
    const of = (tenant: string, tid: unknown) => outcome(w.verifier, token(`https://id.example/${tenant}`, { tid }))
    expect(await of('red', 'red')).toBe('good')
    expect(await of('blue', 'blue')).toBe('good')
    expect(await of('blue', 'red')).toBe('token_rejected: key_unfit')
    expect(await of('blue', undefined)).toBe('token_rejected: key_unfit')
    expect(fetched).toBe(1)
    expect(w.verifier.keySets()).toMatchObject([{ issuer: 'https://id.example/keys', kids: ['k1'] }])
    w.verifier.forget('k1', 'https://id.example/red')
    expect(await of('blue', 'blue')).toBe('token_rejected: key_not_found')
  })
})

describe('a lookup that waits for its turn', () => {
  it('is given up after three seconds, and nobody is asked', async () => {
    vi.useFakeTimers()
    const { verifier, asked, failures } = world(() => new Promise(() => {}))
    const all = Array.from({ length: 129 }, (_, n) => outcome(verifier, token(`t${n}`)))
    await vi.advanceTimersByTimeAsync(7_000)
    expect((await Promise.all(all)).every((each) => each.startsWith('keys_unavailable'))).toBe(true)
    expect(asked).toHaveLength(128)
    expect(failures()).toHaveLength(129)
  })
})

it("what is no ConfigError passes: an option that cannot be read is the app's own fault", () => {
  const broken = Object.defineProperty({ audience, jwks }, 'issuer', {
    enumerable: true,
    get: () => {
      throw new RangeError('mine')
    },
  })
  expect(() => createVerifier({ issuers: [broken as never] })).toThrow(RangeError)
})

describe('by name', () => {
  it('an issuer that cannot be looked up is unavailable', async () => {
    const { verifier } = world(() => {
      throw new Error('down')
    })
    await expect(verifier.refresh('a')).rejects.toMatchObject({ code: 'keys_unavailable' })
  })

  it('a key is forgotten of an issuer that is not there yet, and then of all', async () => {
    const { verifier } = world(() => ours)
    verifier.forget(String(key.jwk['kid']), 'a')
    verifier.forget(String(key.jwk['kid']))
    expect(await outcome(verifier, token('a'))).toMatch(/^token_rejected/)
    expect(await outcome(verifier, token('b'))).toMatch(/^token_rejected/)
  })
})
