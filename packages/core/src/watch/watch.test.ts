import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { audience, claimsSet, createKey, issuer, now, signToken } from '../../test/fixtures.js'
import type { Auth, UntypedClaims } from '../auth.js'
import { ConfigError } from '../config-error.js'
import { createVerifier } from '../create-verifier.js'
import type { ClaimsSchema } from '../token/claims-schema.js'
import type { Verifier } from '../verifier.js'
import type { VerifierOptions } from '../verifier-options.js'

const key = createKey('ES256')
let time = now
const token = (changes: Record<string, unknown> = {}) => signToken(key, claimsSet(changes))

function create(changes: Partial<VerifierOptions> = {}): Verifier {
  const options = { issuer, audience, jwks: { keys: [key.jwk] }, clock: () => time, ...changes }
  return createVerifier(options as VerifierOptions)
}

function schemaOf(validate: (value: unknown) => unknown): ClaimsSchema<UntypedClaims> {
  return { '~standard': { version: 1, vendor: 'test', validate: validate as never } }
}

async function watched(verifier: Verifier, changes: Record<string, unknown> = {}) {
  const onEnd = vi.fn()
  const auth: Auth = await verifier.verify(token(changes))
  return { auth, onEnd, watch: verifier.watch(auth, onEnd) }
}

/** A second of real time, in which the verifier's clock may stand still. */
const second = () => vi.advanceTimersByTimeAsync(1000)

beforeEach(() => {
  time = now
  vi.useFakeTimers()
})
afterEach(() => vi.useRealTimers())

describe('a watch ends once, within a second,', () => {
  it('when exp has passed, without tolerance', async () => {
    const { onEnd } = await watched(create())
    time = now + 299.9
    await second()
    expect(onEnd).not.toHaveBeenCalled()
    time = now + 300
    await second()
    await second()
    expect(onEnd).toHaveBeenCalledTimes(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('when the key is withdrawn', async () => {
    const verifier = create()
    const { onEnd } = await watched(verifier)
    verifier.forget('k1')
    await second()
    expect(onEnd).toHaveBeenCalledTimes(1)
  })

  it('when the session is revoked, and not while nobody knows', async () => {
    let answer: boolean | 'unsure' = false
    const { onEnd } = await watched(create({ isRevoked: () => answer }))
    answer = 'unsure'
    await second()
    expect(onEnd).not.toHaveBeenCalled()
    answer = true
    await second()
    expect(onEnd).toHaveBeenCalledTimes(1)
  })

  it('also where another end throws, which is reported', async () => {
    const reported = vi.fn()
    vi.stubGlobal('queueMicrotask', (task: () => void) => {
      try {
        task()
      } catch (error) {
        reported(error)
      }
    })
    const verifier = create()
    verifier.watch(await verifier.verify(token()), () => {
      throw new Error('of the app')
    })
    const { onEnd } = await watched(verifier)
    time = now + 300
    await second()
    vi.unstubAllGlobals()
    expect(reported).toHaveBeenCalledTimes(1)
    expect(onEnd).toHaveBeenCalledTimes(1)
  })
})

describe('stop', () => {
  it('ends nothing and lets the timer go with the last', async () => {
    const verifier = create()
    const one = await watched(verifier)
    const other = await watched(verifier)
    expect(vi.getTimerCount()).toBe(1)
    one.watch.stop()
    expect(vi.getTimerCount()).toBe(1)
    other.watch.stop()
    expect(vi.getTimerCount()).toBe(0)
    time = now + 300
    await second()
    expect(one.onEnd).not.toHaveBeenCalled()
  })
})

describe('renew', () => {
  it.each([100, 900])('exchanges the token: the new exp counts, %i s away', async (lasts) => {
    const { onEnd, watch } = await watched(create())
    const auth = await watch.renew(token({ exp: now + lasts, scope: 'read' }))
    expect(auth).toMatchObject({ scope: ['read'], source: 'given' })
    time = now + lasts - 0.1
    await second()
    expect(onEnd).not.toHaveBeenCalled()
    time = now + lasts
    await second()
    expect(onEnd).toHaveBeenCalledTimes(1)
  })

  it.each([
    ['of another subject', token({ sub: 'eve' })],
    ['without a subject', token({ sub: undefined })],
    ['that has expired within the tolerance', token({ exp: now - 1 })],
    ['bound to a key', token({ cnf: { jkt: 'x'.repeat(43) } })],
    ['signed by nobody we know', signToken(createKey('ES256'), claimsSet())],
    ['that is none', { token: 1 }],
  ])('ends at once with a token %s', async (_what, other) => {
    const { onEnd, watch } = await watched(create())
    expect(await watch.renew(other)).toBeNull()
    expect(onEnd).toHaveBeenCalledTimes(1)
    expect(await watch.renew(token())).toBeNull()
    expect(onEnd).toHaveBeenCalledTimes(1)
  })

  it('ends with a good token of another issuer', async () => {
    const [a, b] = ['https://a.example', 'https://b.example']
    const jwks = { keys: [key.jwk] }
    const issuers = [a, b].map((each) => ({ issuer: each, audience, jwks }))
    const verifier = createVerifier({ issuers, clock: () => time } as VerifierOptions)
    const { onEnd, watch } = await watched(verifier, { iss: a })
    expect(await watch.renew(token({ iss: b }))).toBeNull()
    expect(onEnd).toHaveBeenCalledTimes(1)
  })

  it('does not tell two callers without a subject apart, so it ends', async () => {
    const { onEnd, watch } = await watched(create(), { sub: undefined })
    expect(await watch.renew(token({ sub: undefined }))).toBeNull()
    expect(onEnd).toHaveBeenCalledTimes(1)
  })

  it('takes bound tokens where cnf is not looked at', async () => {
    const { watch } = await watched(create({ cnf: 'ignore' }), { cnf: { jkt: 'x'.repeat(43) } })
    expect(await watch.renew(token({ cnf: { jkt: 'y'.repeat(43) } }))).not.toBeNull()
  })

  it.each([
    ['throws', () => Promise.reject(new Error('of the app'))],
    ['answers nonsense', () => 5],
  ])("ends, and rejects not, where the app's schema %s", async (_how, answer) => {
    const onEvent = vi.fn()
    const validate = vi.fn<(value: unknown) => unknown>((value) => ({ value }))
    const { onEnd, watch } = await watched(create({ claims: schemaOf(validate), onEvent }))
    validate.mockImplementationOnce(answer)
    expect(await watch.renew(token({ exp: now + 900 }))).toBeNull()
    expect(onEnd).toHaveBeenCalledTimes(1)
    expect(onEvent).toHaveBeenCalledWith(expect.objectContaining({ code: 'token_rejected', reason: 'claims_schema' }))
  })

  it('counts and reports a refused token', async () => {
    const onEvent = vi.fn()
    const verifier = create({ onEvent })
    const { watch } = await watched(verifier)
    await watch.renew('x')
    expect(onEvent).toHaveBeenCalledWith(expect.objectContaining({ type: 'denied', code: 'token_malformed' }))
    expect(verifier.stats().denied).toEqual({ token_malformed: 1 })
  })
})

describe('watch', () => {
  it('refuses a copy of an identity', async () => {
    const verifier = create()
    const auth = await verifier.verify(token())
    expect(() => verifier.watch({ ...auth }, () => {})).toThrow(ConfigError)
  })

  it.each([undefined, null, 'auth', 5, {}, () => {}])('refuses what is no identity: %s', (auth) => {
    expect(() => create().watch(auth as never, () => {})).toThrow(ConfigError)
  })

  it('has a timer for each on Workers, which lose those of a request that is over', async () => {
    vi.stubGlobal('WebSocketPair', class {})
    const verifier = create()
    await watched(verifier)
    const { onEnd, watch } = await watched(verifier)
    vi.unstubAllGlobals()
    expect(vi.getTimerCount()).toBe(2)
    expect(await watch.renew(token({ exp: now + 100 }))).not.toBeNull()
    time = now + 100
    await second()
    expect(onEnd).toHaveBeenCalledTimes(1)
  })

  it('runs without a timer that can be let go', async () => {
    vi.useRealTimers()
    vi.stubGlobal('setInterval', () => 7)
    const { watch } = await watched(create())
    watch.stop()
    vi.unstubAllGlobals()
  })
})
