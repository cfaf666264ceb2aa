import { getHeapSpaceStatistics } from 'node:v8'
import { createVerifier, type Verifier } from '@latchkey/core'
import type { Decision, RequestView } from '@latchkey/core/adapter'
import { createTestIssuer, type TestIssuer } from '@latchkey/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { collectGarbage } from '../collect-garbage.js'
import { createBenchKey, signBenchToken } from './tokens.js'
import { latchkeyVerify } from './verifiers.js'

const required = { required: true, scope: [] }
const limit = 16_384

let issuer: TestIssuer
let fetches: number
let verifier: Verifier

beforeEach(async () => {
  issuer = createTestIssuer({ algorithms: ['ES256'] })
  fetches = 0
  verifier = createVerifier({
    issuer: issuer.url,
    audience: issuer.audience,
    tokenFrom: ['header', { cookie: '__Host-access' }],
    fetch: (...input) => {
      fetches += 1
      return issuer.fetch(...input)
    },
  })
  await verifier.ready()
  fetches = 0
})

function view(fields: Readonly<Record<string, string>>): RequestView {
  return { method: 'GET', header: (name) => fields[name], url: () => 'https://api.test/' }
}

function ask(authorization: string): Decision<object> | Promise<Decision<object>> {
  return verifier.authenticate(view({ authorization }), required)
}

/** Every kind of bad token, each time another one. */
function* flood(count: number): Generator<string> {
  const bad = issuer.badTokens().filter(({ code }) => code !== 'keys_unavailable')
  for (let n = 0; n < count; n++) {
    const { token } = bad[n % bad.length] ?? { token: '' }
    // Another signature than before, of the same length.
    const tail = n.toString(36).padStart(8, 'A')
    yield token.length > 100 ? token.slice(0, -10) + tail + token.slice(-2) : token
  }
}

describe('a flood of bad tokens', () => {
  it('evicts no good one', async () => {
    const good = Array.from({ length: 100 }, (_, n) => issuer.token({ claims: { jti: String(n) } }))
    const before = await Promise.all(good.map((token) => verifier.verify(token)))
    for (const token of flood(12_000)) expect((await ask(`Bearer ${token}`)).allow).toBe(false)
    expect(good.map((token) => verifier.verify(token))).toEqual(before)
    for (const [n, token] of good.entries()) expect(verifier.verify(token)).toBe(before[n])
  })

  it('fetches keys no more often than the allowance for unknown kids has it', async () => {
    for (const token of flood(2000)) await ask(`Bearer ${token}`)
    for (let n = 0; n < 500; n++) await ask(`Bearer ${issuer.token({ header: { kid: `unknown-${n}` } })}`)
    // Two, of metadata and key set each.
    expect(fetches).toBeLessThanOrEqual(4)
  })
})

describe('a flood of good tokens that never come again', () => {
  it('leaves nothing in the old space of V8 once the cache is full', () => {
    const key = createBenchKey('HS256')
    const verify = latchkeyVerify(key)
    // Fills the cache, and lets V8 compile what it will use from then on.
    for (let n = 0; n < 12_000; n++) void verify(signBenchToken(key))
    collectGarbage()
    const before = oldSpace()
    for (let n = 12_000; n < 24_000; n++) void verify(signBenchToken(key))
    // 200 bytes for each: their claims alone take more.
    expect(oldSpace() - before).toBeLessThan(2_400_000)
  })
})

// Node lets 16 KiB of header fields through, of which an app may allow more; a token of more than 16 KiB is refused unread.
const longest = 20_000
const heavy: readonly [string, (good: string) => Readonly<Record<string, string>>][] = [
  ['a token as long as the limit', (good) => bearer(`${good.slice(0, -90)}${'A'.repeat(limit)}`.slice(0, limit))],
  ['a token over the limit', (good) => bearer(good + 'A'.repeat(longest - good.length))],
  ['claims as long as the limit', (good) => bearer(spread(good, 'A'.repeat(limit - good.length)))],
  ['claims nested as deep as the limit', (good) => bearer(spread(good, nested(5600)))],
  ['nothing but dots', () => bearer('.'.repeat(limit))],
  ['commas', (good) => bearer(`${good}${','.repeat(longest - good.length)}`)],
  ['credentials of many schemes', () => ({ authorization: 'a b,'.repeat(longest / 4) })],
  ['Bearer credentials over and over', () => ({ authorization: 'Bearer a,'.repeat(longest / 9) })],
  ['a quoted string that does not end', () => ({ authorization: `a "${'\\"'.repeat(longest / 2)}` })],
  ['a Cookie field of many cookies', () => ({ cookie: 'a=b;'.repeat(longest / 4) })],
  ['a Cookie field of one name', () => ({ cookie: '__Host-access=a;'.repeat(longest / 16) })],
]

describe('the loop is not held for a millisecond', () => {
  it.each(heavy)('by %s', (_what, make) => {
    const fields = make(issuer.token())
    const times = Array.from({ length: 40 }, () => {
      const start = performance.now()
      const decision = verifier.authenticate(view(fields), required)
      const took = performance.now() - start
      expect(decision).not.toBeInstanceOf(Promise)
      return took
    })
    // The quickest, since the machine may be busy with other things, and a pattern that runs away does so every time.
    expect(Math.min(...times)).toBeLessThan(1)
  })
})

function bearer(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` }
}

/** A token with more in its claims, its signature no longer theirs. */
function spread(token: string, text: string): string {
  const [header = '', claims = '', signature = ''] = token.split('.')
  const members = JSON.parse(Buffer.from(claims, 'base64url').toString())
  const encoded = Buffer.from(JSON.stringify({ ...members, text })).toString('base64url')
  return `${header}.${encoded}.${signature}`.slice(0, limit)
}

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth)
}

/** Bytes in use in the old space. What stays young is not among them. */
function oldSpace(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')?.space_used_size ?? Number.NaN
}
