import { describe, expect, test } from 'vitest'
import { ecKey, issuer, rsaKey } from '../../test/scripted-endpoint.js'
import type { Algorithm } from './algorithms.js'
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

  const select = (kid: string | undefined, alg: Algorithm) => held.select({ issuer, kid, alg, claims: {} })

  test('chooses by kid and algorithm', () => {
    expect(select('a', 'ES256')).toEqual([a])
    expect(select('b', 'ES256')).toEqual([b])
    expect(select('b', 'RS256')).toEqual([rsaB])
    expect(select('a', 'RS256')).toBe('key_unfit')
    expect(select('__proto__', 'ES256')).toBe('key_not_found')
    expect(select('', 'ES256')).toBe('key_not_found')
  })

  test('chooses those that fit where the token has no kid', () => {
    expect(select(undefined, 'RS256')).toEqual([rsaB])
    expect(select(undefined, 'ES256')).toEqual([a, b, nameless])
    expect(select(undefined, 'EdDSA')).toBe('key_not_found')
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
    ['its issuer', ecKey('a', 0, { issuer: 'https://id.example' })],
  ])('has a new object where %s differs', (_what, jwk) => {
    expect(carryOver(before, [checked(jwk)])[0]).not.toBe(before[0])
  })

  test('takes the same key for the same, however its numbers are written', () => {
    const rsa = rsaKey('r')
    const padded = Buffer.concat([Buffer.alloc(1), Buffer.from(String(rsa['n']), 'base64url')]).toString('base64url')
    expect(carryOver([checked(rsa)], [checked({ ...rsa, n: padded, e: 'AAEAAQ' })])).toHaveLength(1)
    expect(checked({ ...rsa, n: padded, e: 'AAEAAQ' }).jwk).toEqual(checked(rsa).jwk)
    // The last character of 32 bytes has two bits that mean nothing.
    const { x } = ecKey('a')
    expect(checked(ecKey('a', 0, { x: `${String(x).slice(0, -1)}1` })).jwk).toEqual(checked(ecKey('a')).jwk)
  })

  test('takes a key that is listed twice for one', () => {
    expect(carryOver([], [ecKey('a'), ecKey('a')].map(checked))).toHaveLength(1)
    expect(carryOver([], [ecKey('a'), ecKey('a', 1)].map(checked))).toHaveLength(2)
  })
})
