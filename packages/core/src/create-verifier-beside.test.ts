import { describe, expect, it, vi } from 'vitest'
import { audience, claimsSet, createKey, signToken } from '../test/fixtures.js'
import { AuthError } from './auth-error.js'
import { createVerifierBeside } from './create-verifier-beside.js'
import type { FindIssuer } from './issuers/find-issuer.js'

const key = createKey('ES256')
const jwks = { keys: [key.jwk] }
const own = { issuer: 'own', audience, jwks }

function beside(find: FindIssuer) {
  const asked: string[] = []
  const verifier = createVerifierBeside(own, {
    clock: () => 1_800_000_000,
    issuers: (iss) => {
      asked.push(iss)
      return find(iss)
    },
  })
  const outcome = async (iss: string) => {
    try {
      await verifier.verify(signToken(key, claimsSet({ iss, jti: crypto.randomUUID() })))
      return 'good'
    } catch (error) {
      return error instanceof AuthError ? error.code : String(error)
    }
  }
  return { verifier, asked, outcome }
}

describe('an issuer beside those that are found', () => {
  it('is asked for by nobody, and waits for no lookup', async () => {
    vi.useFakeTimers()
    const { asked, outcome } = beside(() => new Promise(() => {}))
    const strangers = Array.from({ length: 200 }, (_, n) => outcome(`stranger ${n}`))
    await vi.advanceTimersByTimeAsync(0)
    expect(await outcome('own')).toBe('good')
    expect(asked).not.toContain('own')
    expect(asked).toHaveLength(64)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(new Set(await Promise.all(strangers))).toEqual(new Set(['keys_unavailable']))
    vi.useRealTimers()
  })

  it('is known from the start, by its name too; the others are as ever', async () => {
    const { verifier, outcome } = beside((iss) => (iss === 'other' ? { audience, jwks } : null))
    expect(verifier.keySets().map(({ issuer }) => issuer)).toEqual(['own'])
    expect([await outcome('other'), await outcome('nobody')]).toEqual(['good', 'token_rejected'])
    expect(verifier.keySets().map(({ issuer }) => issuer)).toEqual(['own', 'other'])
    await verifier.refresh('own')
    await verifier.refresh('other')
    await expect(verifier.refresh('nobody')).rejects.toThrow('No issuer of that name')
  })

  it.each([
    ['own', ['token_rejected', 'good']],
    ['other', ['good', 'token_rejected']],
    [undefined, ['token_rejected', 'token_rejected']],
  ] as const)('a key is forgotten of %s', async (issuer, expected) => {
    const { verifier, outcome } = beside(() => ({ audience, jwks }))
    expect([await outcome('own'), await outcome('other')]).toEqual(['good', 'good'])
    verifier.forget('k1', issuer)
    expect([await outcome('own'), await outcome('other')]).toEqual(expected)
  })

  it('is checked at once', () => {
    expect(() => createVerifierBeside({ ...own, audience: '' }, { issuers: () => null })).toThrow('audience')
  })
})
