import { describe, expect, it } from 'vitest'
import { createKey, encode } from '../../test/fixtures.js'
import { findKey } from '../../test/scripted-endpoint.js'
import { ConfigError } from '../config-error.js'
import { asymmetricAlgorithms } from './algorithms.js'
import { algorithmsForSecrets, requireUsableKeys, SecretKeySet, secretBytes } from './configured-keys.js'
import type { JwkSet } from './jwk.js'
import type { KeySet } from './key-set.js'

const good = createKey('ES256').jwk
const unfit =
  'jwks.keys[1] cannot verify signatures: check kty, crv, alg, use and key_ops (RFC 7517 §4), and that its parameters are whole.'

describe('requireUsableKeys', () => {
  it('takes a set of good keys', () => {
    const set = { keys: [good, createKey('RS256').jwk, createKey('EdDSA', { kid: undefined }).jwk] }
    expect(() => requireUsableKeys(set, asymmetricAlgorithms, (index) => `jwks.keys[${index}]`)).not.toThrow()
  })

  it.each([null, undefined, 'jwks', [], {}, { keys: [] }, { keys: {} }, { keys: null }])('refuses %j', (set) => {
    expect(() => requireUsableKeys(set as JwkSet, asymmetricAlgorithms, (index) => `jwks.keys[${index}]`)).toThrow(
      new ConfigError('jwks must be a JWK Set: { keys: [ … ] } with at least one key (RFC 7517 §5).'),
    )
  })

  it.each([
    [
      'private',
      { ...good, d: 'AQ' },
      'jwks.keys[1] holds private key material. A verifier needs the public half only; remove the private members.',
    ],
    [
      'symmetric',
      { kty: 'oct', k: 'AQ' },
      'jwks.keys[1] is symmetric (oct). Give HMAC secrets as the option `secret`.',
    ],
    [
      'weak',
      { kty: 'RSA', n: encode(Buffer.alloc(128, 0xff)), e: 'AQAB' },
      'jwks.keys[1] is too weak: RSA keys need at least 2048 bits and an odd exponent of 3 or more.',
    ],
    ['unfit', { ...good, use: 'enc' }, unfit],
    ['off its curve', { ...good, y: encode(Buffer.alloc(32, 1)) }, unfit],
    ['null', null, unfit],
  ])('refuses a key that is %s', (_what, jwk, message) => {
    expect(() =>
      requireUsableKeys({ keys: [good, jwk] } as JwkSet, asymmetricAlgorithms, (index) => `jwks.keys[${index}]`),
    ).toThrow(new ConfigError(message))
  })

  it('takes keys that none of the algorithms can use beside one that serves', () => {
    const keys = [createKey('RS256').jwk, good, createKey('EdDSA').jwk]
    expect(() => requireUsableKeys({ keys }, ['ES256'], (index) => `jwks.keys[${index}]`)).not.toThrow()
  })

  it('refuses a set of which no key serves an allowed algorithm', () => {
    expect(() => requireUsableKeys({ keys: [good] }, ['RS256', 'ES384'], (index) => `jwks.keys[${index}]`)).toThrow(
      new ConfigError('jwks.keys[0] serves none of the allowed algorithms: RS256, ES384.'),
    )
  })
})

describe('secretBytes', () => {
  it('takes text as UTF-8, bytes, and lists of both', () => {
    expect(secretBytes('é')).toEqual([Uint8Array.of(0xc3, 0xa9)])
    expect(secretBytes(Uint8Array.of(1, 2))).toEqual([Uint8Array.of(1, 2)])
    expect(secretBytes(Buffer.from([1, 2]))).toEqual([Uint8Array.of(1, 2)])
    expect(secretBytes(['a', Uint8Array.of(1)])).toEqual([Uint8Array.of(0x61), Uint8Array.of(1)])
  })

  it('keeps a copy, so that wiping or reusing the buffer changes nothing', () => {
    const buffer = Buffer.from([1, 2])
    const [copy] = secretBytes(buffer)
    buffer.fill(0)
    expect(copy).toEqual(Uint8Array.of(1, 2))
  })

  it('refuses an empty list and anything else', () => {
    const form = 'must be a string, a Uint8Array, or a list of these.'
    for (const secret of [5, null, {}, []]) {
      expect(() => secretBytes(secret as unknown as string)).toThrow(new ConfigError(`secret ${form}`))
    }
    for (const secret of [[5], [null], [['nested']]]) {
      expect(() => secretBytes(secret as unknown as string)).toThrow(new ConfigError(`secret[0] ${form}`))
    }
  })
})

describe('algorithmsForSecrets', () => {
  it.each([
    [[31], []],
    [[32], ['HS256']],
    [[47], ['HS256']],
    [[48], ['HS256', 'HS384']],
    [[63], ['HS256', 'HS384']],
    [[64], ['HS256', 'HS384', 'HS512']],
    [[64, 32], ['HS256']],
    [[64, 31], []],
  ])('secrets of %j bytes cover %j', (lengths, algorithms) => {
    expect(algorithmsForSecrets(lengths.map((length) => new Uint8Array(length)))).toEqual(algorithms)
  })
})

describe('SecretKeySet', () => {
  it('answers with the one key for every kid, and goes on so', async () => {
    const secrets = [new Uint8Array(32), new Uint8Array(48)]
    const keySet: KeySet = new SecretKeySet('i', secrets)
    const key = findKey(keySet, 'anything', 'HS256')
    expect(key).toMatchObject({ kty: 'oct', secrets })
    if (!('kty' in key)) throw new Error('There is no key.')
    keySet.forget('anything')
    expect(findKey(keySet, undefined, 'HS256')).toBe(key)
    expect(keySet.trusts(key)).toBe(true)
    await expect(keySet.ready()).resolves.toBeUndefined()
    await expect(keySet.refresh()).resolves.toBeUndefined()
  })

  it('shows nothing of the secrets', () => {
    const snapshot = new SecretKeySet('i', [new Uint8Array(32)]).snapshot()
    expect(snapshot).toEqual({ issuer: 'i', state: 'static', age: null, kids: [], lastError: null, nextAttempt: null })
  })
})
