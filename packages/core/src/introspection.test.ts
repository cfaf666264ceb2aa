import { describe, expect, it, vi } from 'vitest'
import { audience, claimsSet, createKey, issuer, now, signToken } from '../test/fixtures.js'
import { AuthError } from './auth-error.js'
import { createVerifier } from './create-verifier.js'
import type { Introspect } from './introspection.js'
import type { Verifier } from './verifier.js'
import type { VerifierOptions } from './verifier-options.js'

const key = createKey('ES256')

function create(introspect: Introspect, changes: Partial<VerifierOptions> = {}): Verifier {
  return createVerifier({
    issuer,
    audience,
    jwks: { keys: [key.jwk] },
    clock: () => now,
    introspection: () => introspect,
    ...changes,
  } as VerifierOptions)
}

async function outcome(verifier: Verifier, token: string): Promise<string> {
  try {
    await verifier.verify(token)
    return 'good'
  } catch (error) {
    if (!(error instanceof AuthError)) throw error
    return `${error.code}: ${error.reason}`
  }
}

describe('an opaque token', () => {
  it('is what the issuer says it is', async () => {
    const ask = vi.fn<Introspect>(async () => claimsSet({ scope: 'a b', active: true }))
    const auth = await create(ask).verify('opaque')
    expect(auth).toMatchObject({ claims: { sub: 'ada' }, scope: ['a', 'b'], token: 'opaque' })
    expect(ask).toHaveBeenCalledWith('opaque')
  })

  it('is asked about each time: whoever asks remembers', async () => {
    const ask = vi.fn<Introspect>(() => claimsSet())
    const verifier = create(ask)
    expect([await outcome(verifier, 'opaque'), await outcome(verifier, 'opaque')]).toEqual(['good', 'good'])
    expect(ask).toHaveBeenCalledTimes(2)
  })

  it.each([
    ['of another issuer', { iss: 'https://other.example' }, 'token_rejected: iss_unknown'],
    ['without an issuer', { iss: undefined }, 'token_rejected: iss_unknown'],
    ['for another audience', { aud: 'other' }, 'token_rejected: aud_mismatch'],
    ['without an end', { exp: undefined }, 'token_rejected: exp_invalid'],
    ['that has ended', { exp: now - 11 }, 'token_expired: exp_passed'],
    ['not yet good', { nbf: now + 11 }, 'token_rejected: nbf_in_future'],
    ['whose subject is no text', { sub: 1 }, 'token_rejected: sub_invalid'],
  ])('%s is refused', async (_, changes, expected) => {
    expect(
      await outcome(
        create(async () => claimsSet(changes)),
        'opaque',
      ),
    ).toBe(expected)
  })

  it('is refused as the one who asks says', async () => {
    const refusal = new AuthError('keys_unavailable', { reason: 'introspection_failed' })
    expect(
      await outcome(
        create(() => refusal),
        'opaque',
      ),
    ).toBe('keys_unavailable: introspection_failed')
  })

  it('passes revocation and the schema like any other', async () => {
    const revoked = create(() => claimsSet(), { isRevoked: () => true })
    expect(await outcome(revoked, 'opaque')).toBe('token_rejected: session_ended')
  })

  it('of too many characters is malformed, and nobody is asked', async () => {
    const ask = vi.fn<Introspect>(() => claimsSet())
    expect(await outcome(create(ask), 'a'.repeat(100_000))).toBe('token_malformed: token_too_long')
    expect(ask).not.toHaveBeenCalled()
  })

  it.each([
    ['outside the alphabet of tokens', 'a"b'],
    ['of nothing but padding', '=='],
    ['of no character', ''],
  ])('%s is malformed, and nobody is asked', async (_, token) => {
    const ask = vi.fn<Introspect>(() => claimsSet())
    expect(await outcome(create(ask), token)).toBe('token_malformed: token_malformed')
    expect(ask).not.toHaveBeenCalled()
  })
})

describe('a JWT of the same issuer', () => {
  it('is verified as ever, and nobody is asked', async () => {
    const ask = vi.fn<Introspect>(() => claimsSet())
    const verifier = create(ask)
    expect(await outcome(verifier, signToken(key))).toBe('good')
    expect(await outcome(verifier, signToken(createKey('ES256')))).toBe('token_rejected: signature_invalid')
    expect(ask).not.toHaveBeenCalled()
  })
})

describe('the option', () => {
  it('tells whoever asks of the issuer', () => {
    const introspection = vi.fn(() => () => claimsSet())
    create(() => claimsSet(), { introspection })
    expect(introspection).toHaveBeenCalledWith({ issuer, audience: [audience], clock: expect.any(Function) })
  })

  it('is for one issuer', () => {
    const introspection = () => () => claimsSet()
    const jwks = { keys: [key.jwk] }
    const twice = [issuer, 'https://b.example'].map((name) => ({ issuer: name, audience, jwks, introspection }))
    expect(() => createVerifier({ issuers: twice })).toThrow('introspection is configured for two issuers')
  })

  it('is a function', () => {
    expect(() => create(() => claimsSet(), { introspection: 'https://id.example' } as object)).toThrow(
      'introspection must be made with createIntrospection',
    )
  })
})
