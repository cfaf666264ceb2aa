import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { audience, claimsSet, createKey, now, signToken } from '../../test/fixtures.js'
import type { AuthError } from '../auth-error.js'
import { createVerifier } from '../create-verifier.js'
import type { FoundIssuer } from '../issuers/find-issuer.js'
import type { VerifierOptions } from '../verifier-options.js'

const key = createKey('ES256')
const ours: FoundIssuer = { audience, jwks: { keys: [key.jwk] } }
let time = now
let answer: () => unknown = () => ours
const token = (changes: Record<string, unknown> = {}) => signToken(key, claimsSet(changes))

/** What a lookup said is kept for a minute, if nothing else is said, and the token lives for five. */
async function watched(keepFor = 60) {
  const verifier = createVerifier({ issuers: () => answer(), keepFor, clock: () => time } as unknown as VerifierOptions)
  const onEnd = vi.fn()
  const watch = verifier.watch(await verifier.verify(token()), onEnd)
  const request = async (changes: Record<string, unknown> = {}) => verifier.verify(token(changes))
  return { onEnd, watch, verifier, request }
}

/** Seconds of real time and of the verifier's. */
async function pass(seconds: number): Promise<void> {
  time += seconds
  await vi.advanceTimersByTimeAsync(seconds * 1000)
}

beforeEach(() => {
  time = now
  answer = () => ours
  vi.useFakeTimers()
})
afterEach(() => vi.useRealTimers())

describe('a watch of a token whose issuer was found', () => {
  it('lasts as long as the token, however old the word of the lookup is', async () => {
    const { onEnd } = await watched()
    await pass(299)
    expect(onEnd).not.toHaveBeenCalled()
    await pass(1)
    expect(onEnd).toHaveBeenCalledTimes(1)
  })

  it('does not end because the issuer is looked up again, or because that fails', async () => {
    const { onEnd, request } = await watched()
    await pass(60)
    await request()
    answer = () => {
      throw new Error('the database is down')
    }
    await pass(60)
    await expect(request()).rejects.toMatchObject({ code: 'keys_unavailable' } satisfies Partial<AuthError>)
    await pass(1)
    expect(onEnd).not.toHaveBeenCalled()
  })

  it.each<[string, () => unknown]>([
    ['is ours no longer', () => null],
    ['has another key', () => ({ audience, jwks: { keys: [createKey('ES256').jwk] } })],
  ])('ends when a request finds that the issuer %s', async (_how, changed) => {
    const { onEnd, request } = await watched()
    answer = changed
    await pass(60)
    expect(onEnd).not.toHaveBeenCalled()
    await expect(request()).rejects.toMatchObject({ code: 'token_rejected' })
    await pass(1)
    expect(onEnd).toHaveBeenCalledTimes(1)
  })

  it('ends when its key is forgotten, also after the word of the lookup has grown old', async () => {
    const { onEnd, verifier } = await watched()
    await pass(61)
    verifier.forget('k1')
    await pass(1)
    expect(onEnd).toHaveBeenCalledTimes(1)
  })

  it('can be renewed also where no answer is kept', async () => {
    const { onEnd, watch } = await watched(0)
    expect(await watch.renew(token({ exp: now + 900 }))).toMatchObject({ source: 'given' })
    await pass(301)
    expect(onEnd).not.toHaveBeenCalled()
  })
})
