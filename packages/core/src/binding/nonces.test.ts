import { describe, expect, it, vi } from 'vitest'
import { hmacSha256 } from '#digest'
import { now as anyMoment } from '../../test/fixtures.js'
import { ConfigError } from '../config-error.js'
import { createNonces, type NonceOptions } from './nonces.js'

const [oldSecret, newSecret] = ['old secret of thirty-two bytes, or so', 'new secret of thirty-two bytes, or so']
vi.mock('#digest', async (original) => {
  const digest = await original<typeof import('#digest')>()
  return { ...digest, hmacSha256: vi.fn(digest.hmacSha256) }
})
const hmac = vi.mocked(hmacSha256)

/** The start of a step of 60 seconds. */
const start = Math.floor(anyMoment / 60) * 60

describe('createNonces', () => {
  it('makes the same nonce throughout a step, in every process', () => {
    const nonces = createNonces({ secrets: [oldSecret] })
    const nonce = nonces.current(start)
    expect(nonce).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(nonces.current(start + 59.999)).toBe(nonce)
    expect(createNonces({ secrets: [new TextEncoder().encode(oldSecret)] }).current(start + 30)).toBe(nonce)
    expect(nonces.current(start + 60)).not.toBe(nonce)
  })

  it('takes a nonce in its own step and the next, and at no other time', () => {
    const nonces = createNonces({ secrets: [oldSecret] })
    const nonce = nonces.current(start)
    const ages = [-0.001, 0, 59.999, 60, 119.999, 120].map((later) => nonces.ageOf(nonce, start + later))
    expect(ages).toEqual([undefined, 'current', 'current', 'previous', 'previous', undefined])
  })

  it('takes those of every secret, and makes them with the first', () => {
    const [before, both, after] = [[oldSecret], [newSecret, oldSecret], [newSecret]].map((secrets) =>
      createNonces({ secrets }),
    )
    const old = before?.current(start)
    expect(both?.ageOf(old, start)).toBe('current')
    expect(both?.ageOf(old, start + 60)).toBe('previous')
    expect(after?.ageOf(both?.current(start), start)).toBe('current')
    expect(after?.ageOf(old, start)).toBeUndefined()
  })

  it('knows steps of different lengths apart', () => {
    const nonce = createNonces({ secrets: [oldSecret], step: 60 }).current(start)
    expect(createNonces({ secrets: [oldSecret], step: 30 }).ageOf(nonce, start)).toBeUndefined()
  })

  it('makes the nonces of a step once, and keeps those of three steps at most', () => {
    const nonces = createNonces({ secrets: [oldSecret], step: 1 })
    /** Whether the nonce of a step is still kept. A kept nonce is not made again. */
    const isKept = (step: number): boolean => {
      hmac.mockClear()
      void nonces.current(start + step)
      return hmac.mock.calls.length === 0
    }
    for (let step = 0; step < 100; step++) expect(nonces.ageOf('x', start + step)).toBeUndefined()
    expect([99, 98, 97, 0].map(isKept)).toEqual([true, true, false, false])
    expect(nonces.ageOf(nonces.current(start), start)).toBe('current')
  })

  it('takes a secret of 32 bytes', () => {
    const nonces = createNonces({ secrets: ['x'.repeat(32), new Uint8Array(32)] })
    expect(nonces.ageOf(nonces.current(start), start)).toBe('current')
  })

  it.each([undefined, null, 42, '', 'made up', ['x'], {}])('does not take %j', (nonce) => {
    expect(createNonces({ secrets: [oldSecret] }).ageOf(nonce, start)).toBeUndefined()
  })

  it.each([
    [{}, 'dpop.nonce.secrets'],
    [{ secrets: [] }, 'dpop.nonce.secrets'],
    [{ secrets: oldSecret }, 'dpop.nonce.secrets'],
    [{ secrets: ['short'] }, '32 bytes'],
    [
      { secrets: [oldSecret, 'x'.repeat(31)] },
      'dpop.nonce.secrets[1] must be a string or Uint8Array of at least 32 bytes',
    ],
    [{ secrets: new Array(1) }, 'dpop.nonce.secrets[0]'],
    [{ secrets: [new Uint8Array(31)] }, '32 bytes'],
    [{ secrets: [42] }, '32 bytes'],
    [{ secrets: [oldSecret], step: 0 }, 'dpop.nonce.step'],
    [{ secrets: [oldSecret], step: -60 }, 'dpop.nonce.step'],
    [{ secrets: [oldSecret], step: Number.NaN }, 'dpop.nonce.step'],
    [{ secrets: [oldSecret], step: '60' }, 'dpop.nonce.step'],
    [{ secrets: [oldSecret], window: 60 }, 'dpop.nonce: unknown option "window"'],
    [null, 'dpop.nonce'],
    [true, 'dpop.nonce'],
  ])('refuses %j', (options, message) => {
    expect(() => createNonces(options as NonceOptions)).toThrow(ConfigError)
    expect(() => createNonces(options as NonceOptions)).toThrow(message)
  })
})
