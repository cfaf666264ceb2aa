import { describe, expect, test } from 'vitest'
import { ecKey, rsaKey } from '../../test/scripted-endpoint.js'
import { usableKeys } from './usable-keys.js'

describe('the keys of a set', () => {
  test('are those that can be used; the others are passed over', () => {
    const keys = usableKeys([
      ecKey('good'),
      ecKey('for-encryption', 1, { use: 'enc' }),
      ecKey('off-curve', 2, { y: 'A'.repeat(43) }),
      { kty: 'EC', crv: 'secp256k1', kid: 'unknown-curve' },
      { kty: 'future' },
      null,
      'text',
      [],
      rsaKey('rsa'),
    ])
    expect(Array.isArray(keys) && keys.map((key) => key.kid)).toEqual(['good', 'rsa'])
  })

  test.each([
    ['a private member', ecKey('b', 1, { d: 'AAAA' })],
    ['a private RSA member', rsaKey('b', { p: 'AAAA' })],
    ['a symmetric key', { kty: 'oct', k: 'AAAA', kid: 'b' }],
    ['a symmetric key without its value', { kty: 'oct', kid: 'b' }],
  ])('are refused as a whole where one of them has %s', (_name, bad) => {
    expect(usableKeys([ecKey('a'), bad])).toBe('private_key')
  })

  test('are at most fifty', () => {
    const many = (count: number) => usableKeys(Array.from({ length: count }, (_, n) => ecKey(`k${n}`)))
    expect(many(50)).toHaveLength(50)
    expect(many(51)).toBe('too_many_keys')
  })

  test.each([
    ['no list', {}],
    ['no member', undefined],
    ['an empty list', []],
    ['only keys of no use', [{ kty: 'future' }, ecKey('off-curve', 0, { y: 'A'.repeat(43) })]],
  ])('%s is a failure', (_name, keys) => {
    expect(usableKeys(keys)).toBe('no_usable_key')
  })
})
