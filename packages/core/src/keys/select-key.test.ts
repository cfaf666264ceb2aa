import { describe, expect, it } from 'vitest'
import { createKey } from '../../test/fixtures.js'
import { checkJwk } from './jwk.js'
import { selectKey } from './select-key.js'
import type { VerificationKey } from './verification-key.js'

function keyOf(alg: 'ES256' | 'EdDSA', members: Record<string, unknown>): VerificationKey {
  const key = checkJwk(createKey(alg, members).jwk)
  if (typeof key === 'string') throw new Error(`The key is ${key}.`)
  return key
}

const es1 = keyOf('ES256', { kid: 'es1' })
const es2 = keyOf('ES256', { kid: 'es2' })
const ed = keyOf('EdDSA', { kid: 'ed' })

describe('selectKey', () => {
  it('with a kid: the key of that kid', () => {
    expect(selectKey([es1, es2, ed], 'es2', 'ES256')).toBe(es2)
  })

  it('with a kid that no key has: not found, though a single key would fit', () => {
    expect(selectKey([es1], 'other', 'ES256')).toBe('key_not_found')
    expect(selectKey([keyOf('ES256', { kid: undefined })], 'other', 'ES256')).toBe('key_not_found')
    expect(selectKey([es1], '', 'ES256')).toBe('key_not_found')
    expect(selectKey([], 'es1', 'ES256')).toBe('key_not_found')
  })

  it('compares kids byte for byte', () => {
    expect(selectKey([es1], 'ES1', 'ES256')).toBe('key_not_found')
    expect(selectKey([es1], 'es1 ', 'ES256')).toBe('key_not_found')
  })

  it('with the kid of a key that does not serve the algorithm: unfit', () => {
    expect(selectKey([es1, ed], 'ed', 'ES256')).toBe('key_unfit')
  })

  it('with a kid that two keys have: the one that fits the algorithm', () => {
    const twin = keyOf('EdDSA', { kid: 'es1' })
    expect(selectKey([twin, es1], 'es1', 'ES256')).toBe(es1)
    expect(selectKey([twin, es1], 'es1', 'EdDSA')).toBe(twin)
  })

  it('with a kid that two fitting keys have: ambiguous', () => {
    expect(selectKey([es1, keyOf('ES256', { kid: 'es1' })], 'es1', 'ES256')).toBe('key_ambiguous')
  })

  it('without a kid: the single key that fits', () => {
    expect(selectKey([es1, ed], undefined, 'EdDSA')).toBe(ed)
  })

  it('without a kid: none fits, or several do', () => {
    expect(selectKey([es1], undefined, 'EdDSA')).toBe('key_not_found')
    expect(selectKey([], undefined, 'EdDSA')).toBe('key_not_found')
    expect(selectKey([es1, es2], undefined, 'ES256')).toBe('key_ambiguous')
  })
})
