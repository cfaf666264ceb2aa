import { describe, expect, it } from 'vitest'
import { createKey } from '../../test/fixtures.js'
import type { Algorithm } from './algorithms.js'
import { checkJwk } from './jwk.js'
import { selectKeys } from './select-keys.js'
import type { VerificationKey } from './verification-key.js'

function keyOf(alg: 'ES256' | 'EdDSA', members: Record<string, unknown>): VerificationKey {
  const key = checkJwk(createKey(alg, members).jwk)
  if (typeof key === 'string') throw new Error(`The key is ${key}.`)
  return key
}

const es1 = keyOf('ES256', { kid: 'es1' })
const es2 = keyOf('ES256', { kid: 'es2' })
const ed = keyOf('EdDSA', { kid: 'ed' })

const issuer = 'https://id.example'

function select(
  keys: readonly VerificationKey[],
  kid: string | undefined,
  alg: Algorithm,
  claims: { readonly [claim: string]: unknown } = {},
) {
  return selectKeys(keys, { issuer, kid, alg, claims })
}

describe('with a kid', () => {
  it('the key under it, if it fits the algorithm', () => {
    expect(select([es1], 'es1', 'ES256')).toEqual([es1])
    expect(select([], 'es1', 'ES256')).toBe('key_not_found')
    expect(select([ed], 'ed', 'ES256')).toBe('key_unfit')
  })

  it('of two the one that fits; two that fit are ambiguous', () => {
    const twin = keyOf('EdDSA', { kid: 'es1' })
    expect(select([twin, es1], 'es1', 'ES256')).toEqual([es1])
    expect(select([es1, keyOf('ES256', { kid: 'es1' })], 'es1', 'ES256')).toBe('key_ambiguous')
  })
})

describe('without a kid', () => {
  it('the first four that fit, in the order of the set', () => {
    const more = [1, 2, 3].map((n) => keyOf('ES256', { kid: `more${n}` }))
    expect(select([ed, es2, es1, ...more], undefined, 'ES256')).toEqual([es2, es1, more[0], more[1]])
    expect(select([es1, ed], undefined, 'EdDSA')).toEqual([ed])
    expect(select([es1], undefined, 'EdDSA')).toBe('key_not_found')
  })

  it('those that do not fit take no place among the four', () => {
    const foreign = [1, 2, 3, 4].map((n) => keyOf('ES256', { kid: `f${n}`, issuer: 'https://other.example' }))
    expect(select([...foreign, es1], undefined, 'ES256')).toEqual([es1])
  })
})

describe("a JWK's issuer", () => {
  const of = (owner: unknown) => keyOf('ES256', { kid: 'k', issuer: owner })

  it('must be the issuer of the token', () => {
    expect(select([of(issuer)], 'k', 'ES256')).toHaveLength(1)
    expect(select([of(`${issuer}/`)], 'k', 'ES256')).toBe('key_unfit')
    expect(select([of('')], 'k', 'ES256')).toBe('key_unfit')
  })

  it('stands for a tenant, whose tid the token has', () => {
    const template = keyOf('ES256', { kid: 'k', issuer: 'https://{tenantid}.example' })
    expect(select([template], 'k', 'ES256', { tid: 'id' })).toHaveLength(1)
    for (const tid of ['other', '', undefined, null, 5, ['id'], '$&']) {
      expect(select([template], 'k', 'ES256', { tid })).toBe('key_unfit')
    }
  })

  it.each([5, null, ['https://id.example'], {}])('that is no string fits no token: %j', (owner) => {
    expect(select([of(owner)], 'k', 'ES256')).toBe('key_unfit')
    expect(select([of(owner)], undefined, 'ES256')).toBe('key_not_found')
  })
})
