import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createKey, encode, publicAlgorithms } from '../../test/fixtures.js'
import { type Algorithm, asymmetricAlgorithms } from './algorithms.js'
import { checkJwk, fits, type Jwk, serves } from './jwk.js'
import type { VerificationKey } from './verification-key.js'

const rsa = createKey('RS256').jwk
const ec = createKey('ES256').jwk
const okp = createKey('EdDSA').jwk

function checked(jwk: Jwk): VerificationKey {
  const key = checkJwk(jwk)
  if (typeof key === 'string') throw new Error(`The key is ${key}.`)
  return key
}

describe('checkJwk', () => {
  it.each(publicAlgorithms)('takes a key for %s', (alg) => {
    expect(checkJwk(createKey(alg).jwk)).toMatchObject({ kid: 'k1', alg, secrets: undefined })
  })

  it('keeps of a key only what verification needs', () => {
    const { kty, n, e } = rsa
    expect(checked({ ...rsa, x5c: ['x'], x5t: 'x', extra: true }).jwk).toEqual({ kty, n, e })
    expect(checked({ ...ec, extra: true }).jwk).toEqual({ kty: 'EC', crv: 'P-256', x: ec['x'], y: ec['y'] })
    expect(checked({ ...okp, y: 'AAAA', extra: true }).jwk).toEqual({ kty: 'OKP', crv: 'Ed25519', x: okp['x'] })
  })

  it.each([null, undefined, 5, 'jwk', [], true])('%j is no key', (jwk) => {
    expect(checkJwk(jwk as unknown as Jwk)).toBe('unfit')
  })

  it('tells a symmetric key', () => {
    expect(checkJwk({ kty: 'oct', k: encode('x'.repeat(32)), kid: 'k1' })).toBe('symmetric')
    expect(checkJwk({ kty: 'oct' })).toBe('symmetric')
  })

  it.each([
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['EC', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['OKP', generateKeyPairSync('ed25519')],
  ])('tells a private %s key', (_type, { privateKey }) => {
    expect(checkJwk(privateKey.export({ format: 'jwk' }))).toBe('private')
  })

  it.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'])(
    'takes the member %s for private, whatever it holds',
    (name) => {
      expect(checkJwk({ ...rsa, [name]: 'AQ' })).toBe('private')
      expect(checkJwk({ ...rsa, [name]: undefined })).toBe('private')
      expect(checkJwk({ ...rsa, use: 'enc', [name]: null })).toBe('private')
    },
  )

  it.each([
    ['kid', 5],
    ['kid', null],
    ['use', 'enc'],
    ['use', ''],
    ['use', null],
    ['key_ops', ['sign']],
    ['key_ops', []],
    ['key_ops', 'verify'],
    ['key_ops', null],
    ['kty', 'rsa'],
    ['kty', 'AKP'],
    ['kty', undefined],
    ['n', undefined],
    ['n', 5],
    ['n', ''],
    ['n', 'a+b/'],
    ['n', 'AAAAA'],
    ['e', undefined],
    ['e', 65537],
    ['e', 'AQAB='],
    ['alg', 'HS256'],
    ['alg', 'ES256'],
    ['alg', 'EdDSA'],
    ['alg', 'RSA-OAEP'],
    ['alg', 'none'],
    ['alg', null],
    ['alg', 5],
  ])('an RSA key with %s %j is unfit', (name, value) => {
    expect(checkJwk({ ...rsa, [name]: value })).toBe('unfit')
  })

  it.each([
    ['crv', 'P-384'],
    ['crv', 'P-521'],
    ['crv', 'secp256k1'],
    ['crv', 'Ed25519'],
    ['crv', undefined],
    ['crv', '__proto__'],
    ['crv', ['P-256']],
    ['x', undefined],
    ['x', encode(Buffer.alloc(31, 1))],
    ['x', encode(Buffer.alloc(33, 1))],
    ['y', undefined],
    ['y', encode(Buffer.alloc(31, 1))],
    ['y', ''],
    ['kty', 'OKP'],
    ['alg', 'ES384'],
    ['alg', 'RS256'],
  ])('an EC key with %s %j is unfit', (name, value) => {
    expect(checkJwk({ ...ec, [name]: value })).toBe('unfit')
  })

  it.each([
    ['crv', 'Ed448'],
    ['crv', 'X25519'],
    ['crv', 'P-256'],
    ['x', encode(Buffer.alloc(31, 1))],
    ['x', null],
    ['kty', 'EC'],
    ['alg', 'ES256'],
  ])('an OKP key with %s %j is unfit', (name, value) => {
    expect(checkJwk({ ...okp, [name]: value })).toBe('unfit')
  })

  it.each([
    ['sig', ['verify']],
    ['sig', ['sign', 'verify']],
    [undefined, undefined],
  ])('takes use %j with key_ops %j', (use, operations) => {
    const jwk = createKey('EdDSA', { use, key_ops: operations }).jwk
    expect(checkJwk(jwk)).toHaveProperty('kid', 'k1')
  })

  it.each([
    [1024, 'weak'],
    [2040, 'weak'],
    [2047, 'weak'],
    [2048, 'good'],
    [16_384, 'good'],
    [16_385, 'weak'],
  ])('a modulus of %d bits is %s', (bits, strength) => {
    const key = checkJwk({ kty: 'RSA', n: modulus(bits), e: 'AQAB' })
    expect(key === 'weak' ? 'weak' : 'good').toBe(strength)
  })

  it('does not count leading zeros as bits', () => {
    const padded = encode(Buffer.concat([Buffer.alloc(8), Buffer.from(modulus(2000), 'base64url')]))
    expect(checkJwk({ kty: 'RSA', n: padded, e: 'AQAB' })).toBe('weak')
    expect(checkJwk({ kty: 'RSA', n: encode(Buffer.alloc(300)), e: 'AQAB' })).toBe('weak')
  })

  it.each([
    ['0', [0], 'weak'],
    ['1', [1], 'weak'],
    ['2', [2], 'weak'],
    ['3', [3], 'good'],
    ['3 with a leading zero', [0, 3], 'good'],
    ['17', [17], 'good'],
    ['65536', [1, 0, 0], 'weak'],
    ['65537', [1, 0, 1], 'good'],
    ['2^32 - 1', [255, 255, 255, 255], 'good'],
    ['2^32 + 1', [1, 0, 0, 0, 1], 'weak'],
    ['far too large', Array(300).fill(255), 'weak'],
  ])('an exponent of %s is %s', (_what, bytes, strength) => {
    const key = checkJwk({ kty: 'RSA', n: modulus(2048), e: encode(Uint8Array.from(bytes)) })
    expect(key === 'weak' ? 'weak' : 'good').toBe(strength)
  })
})

/** A number of exactly so many bits. */
function modulus(bits: number): string {
  const bytes = Buffer.alloc(Math.ceil(bits / 8), 0xff)
  bytes[0] = 0xff >> ((8 - (bits % 8)) % 8)
  return encode(bytes)
}

describe('fits', () => {
  /** Which algorithms a key serves by its type and curve alone. */
  const served: readonly (readonly [string, Jwk, readonly Algorithm[]])[] = [
    ['RSA', rsa, ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']],
    ['P-256', ec, ['ES256']],
    ['P-384', createKey('ES384').jwk, ['ES384']],
    ['P-521', createKey('ES512').jwk, ['ES512']],
    ['Ed25519', okp, ['EdDSA', 'Ed25519']],
  ]

  it.each(served)('a key without alg serves every algorithm of its type and curve: %s', (_name, jwk, algorithms) => {
    const { alg: _alg, ...without } = jwk
    const key = checked(without)
    expect(asymmetricAlgorithms.filter((alg) => fits(key, alg))).toEqual(algorithms)
    expect(asymmetricAlgorithms.filter((alg) => serves(key, alg))).toEqual(algorithms)
    expect(fits(key, 'HS256')).toBe(false)
  })

  it.each(publicAlgorithms)('a key with alg %s serves that and nothing else', (alg) => {
    const key = checked(createKey(alg).jwk)
    expect(asymmetricAlgorithms.filter((name) => fits(key, name))).toEqual([alg])
  })
})
