import { describe, expect, test } from 'vitest'
import { ecKey, rsaKey } from '../../test/scripted-endpoint.js'
import { carryOver, HeldKeys } from './held-keys.js'
import { checkJwk, type Jwk } from './jwk.js'
import type { VerificationKey } from './verification-key.js'

function checked(jwk: Jwk): VerificationKey {
  const key = checkJwk(jwk)
  if (typeof key === 'string') throw new Error(key)
  return key
}

describe('held keys', () => {
  const [a, b, rsaB, nameless] = [ecKey('a'), ecKey('b', 1), rsaKey('b'), ecKey(undefined, 2)].map(checked)
  const held = new HeldKeys([a, b, rsaB, nameless].filter((key) => key !== undefined))

  test('knows its own key objects, not their like', () => {
    expect(a !== undefined && held.has(a)).toBe(true)
    expect(held.has(checked(ecKey('a')))).toBe(false)
  })

  test('lists each kid once, in order', () => {
    expect(held.kids).toEqual(['a', 'b'])
  })

  test('chooses by kid and algorithm', () => {
    expect(held.select('a', 'ES256')).toBe(a)
    expect(held.select('b', 'ES256')).toBe(b)
    expect(held.select('b', 'RS256')).toBe(rsaB)
    expect(held.select('a', 'RS256')).toBe('key_unfit')
    expect(held.select('__proto__', 'ES256')).toBe('key_not_found')
    expect(held.select('', 'ES256')).toBe('key_not_found')
  })

  test('chooses the single key that fits where the token has no kid', () => {
    expect(held.select(undefined, 'RS256')).toBe(rsaB)
    expect(held.select(undefined, 'ES256')).toBe('key_ambiguous')
    expect(held.select(undefined, 'EdDSA')).toBe('key_not_found')
  })

  test('can be had without a kid', () => {
    const rest = held.without('b')
    expect(rest.kids).toEqual(['a'])
    expect(rest.all).toEqual([a, nameless])
    expect(b !== undefined && rest.has(b)).toBe(false)
  })
})

describe('a new set over an old one', () => {
  const before = [ecKey('a'), ecKey('b', 1)].map(checked)

  test('keeps the object of a key that is the same', () => {
    const after = carryOver(before, [ecKey('b', 1, { use: 'sig' }), ecKey('a')].map(checked))
    expect(after[0]).toBe(before[1])
    expect(after[1]).toBe(before[0])
  })

  test.each([
    ['its material', ecKey('a', 3)],
    ['its kid', ecKey('c')],
    ['its alg', ecKey('a', 0, { alg: 'ES256' })],
  ])('has a new object where %s differs', (_what, jwk) => {
    expect(carryOver(before, [checked(jwk)])[0]).not.toBe(before[0])
  })

  test('takes a key that is listed twice for one', () => {
    expect(carryOver([], [ecKey('a'), ecKey('a')].map(checked))).toHaveLength(1)
    expect(carryOver([], [ecKey('a'), ecKey('a', 1)].map(checked))).toHaveLength(2)
  })
})
