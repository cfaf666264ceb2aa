import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { ConfigError } from '../config-error.js'
import { checkJwk } from './jwk.js'
import { jwkFromPem } from './pem.js'

const begin = 'publicKeys takes a PEM public key that begins with "-----BEGIN PUBLIC KEY-----".'
const damaged = `${begin} The key is damaged, or not RSA, P-256, P-384, P-521 or Ed25519.`

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pairs = {
  'RSA 2048': rsa,
  'RSA 3072': generateKeyPairSync('rsa', { modulusLength: 3072 }),
  'RSA with exponent 3': generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }),
  'RSA with exponent 2^31 + 1, which DER writes with a leading zero': generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicExponent: 0x80000011,
  }),
  'P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'P-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  'P-521': generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  Ed25519: generateKeyPairSync('ed25519'),
}

function spkiPem(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString()
}

function spkiDer(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' })
}

function armoured(der: Uint8Array, label = 'PUBLIC KEY'): string {
  return `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64')}\n-----END ${label}-----\n`
}

describe('jwkFromPem', () => {
  it.each(Object.entries(pairs))('reads %s as node:crypto does', (_name, { publicKey }) => {
    expect(checkJwk(jwkFromPem(spkiPem(publicKey)))).toMatchObject({ jwk: publicKey.export({ format: 'jwk' }) })
  })

  it('does not mind line ends, indentation and lines of any length', () => {
    const pem = spkiPem(pairs['P-256'].publicKey)
    const jwk = jwkFromPem(pem)
    expect(jwkFromPem(pem.replaceAll('\n', '\r\n'))).toEqual(jwk)
    expect(jwkFromPem(`\n  ${pem.replaceAll('\n', '\n  ')}`)).toEqual(jwk)
    expect(jwkFromPem(armoured(spkiDer(pairs['P-256'].publicKey)))).toEqual(jwk)
  })

  it.each([
    '',
    'x',
    '-----BEGIN PUBLIC KEY-----',
    '-----BEGIN PUBLIC KEY----------END PUBLIC KEY-----',
    '{"kty":"RSA"}',
  ])('refuses %j, which is not PEM', (text) => {
    expect(() => jwkFromPem(text)).toThrow(new ConfigError(`${begin} This is not PEM.`))
  })

  it('refuses two keys in one text', () => {
    const pem = spkiPem(pairs['P-256'].publicKey)
    expect(() => jwkFromPem(pem + pem)).toThrow(`${begin} This is not PEM.`)
  })

  it('refuses labels that differ', () => {
    const pem = spkiPem(pairs['P-256'].publicKey).replace('END PUBLIC', 'END PRIVATE')
    expect(() => jwkFromPem(pem)).toThrow(`${begin} This is not PEM.`)
  })

  it.each([
    ['PKCS#8', rsa.privateKey.export({ type: 'pkcs8', format: 'pem' })],
    ['PKCS#1', rsa.privateKey.export({ type: 'pkcs1', format: 'pem' })],
    ['SEC1', pairs['P-256'].privateKey.export({ type: 'sec1', format: 'pem' })],
    ['encrypted', rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })],
  ])('says what to do with a private key: %s', (_form, pem) => {
    expect(() => jwkFromPem(pem.toString())).toThrow(
      new ConfigError(`${begin} This is a private key: keep it where tokens are issued, and give its public half.`),
    )
  })

  it.each([
    ['PKCS#1', rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString()],
    ['certificate', armoured(Buffer.from('308201', 'hex'), 'CERTIFICATE')],
    ['certificate request', armoured(Buffer.from('308201', 'hex'), 'CERTIFICATE REQUEST')],
  ])('says how to convert another form: %s', (_form, pem) => {
    expect(() => jwkFromPem(pem)).toThrow(
      new ConfigError(`${begin} Convert with: openssl rsa -RSAPublicKey_in -pubout, or openssl x509 -pubkey -noout.`),
    )
  })

  it.each([
    ['secp256k1', generateKeyPairSync('ec', { namedCurve: 'secp256k1' })],
    ['Ed448', generateKeyPairSync('ed448')],
    ['X25519', generateKeyPairSync('x25519')],
    ['RSA-PSS', generateKeyPairSync('rsa-pss', { modulusLength: 2048 })],
    ['DSA', generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 })],
  ])('refuses a key of another type: %s', (_type, { publicKey }) => {
    expect(() => jwkFromPem(spkiPem(publicKey))).toThrow(new ConfigError(damaged))
  })

  it.each(['RSA 2048', 'P-256', 'P-521', 'Ed25519'] as const)('refuses %s cut off at any byte', (name) => {
    const der = spkiDer(pairs[name].publicKey)
    for (let length = 1; length < der.length; length++) {
      expect(() => jwkFromPem(armoured(der.subarray(0, length)))).toThrow(damaged)
    }
  })

  it('refuses base64 that is none', () => {
    const pem = spkiPem(pairs['P-256'].publicKey)
    expect(() => jwkFromPem(pem.replace('-----BEGIN PUBLIC KEY-----\n', '$&='))).toThrow(damaged)
    expect(() => jwkFromPem('-----BEGIN PUBLIC KEY-----\nA\n-----END PUBLIC KEY-----')).toThrow(damaged)
  })

  it('does not take what the platform fails at for a damaged key', () => {
    const failure = new TypeError('not now')
    vi.stubGlobal('atob', () => {
      throw failure
    })
    try {
      expect(() => jwkFromPem(spkiPem(rsa.publicKey))).toThrow(failure)
    } finally {
      vi.unstubAllGlobals()
    }
  })

  it('refuses a compressed point', () => {
    const der = spkiDer(pairs['P-256'].publicKey)
    der[der.length - 65] = 2
    expect(() => jwkFromPem(armoured(der))).toThrow(damaged)
  })

  it.each([
    ['a sequence of indefinite length', '3080'],
    ['a length larger than any text', '30ff'.padEnd(300, 'f')],
    ['another tag in front', '3100'],
    ['an empty sequence', '3000'],
    ['an empty algorithm', '30023000'],
    ['RSA numbers that are all zero bytes in number', '3019300d06092a864886f70d0101010500030800300502010002'],
  ])('refuses %s', (_what, bytes) => {
    expect(() => jwkFromPem(armoured(Buffer.from(bytes, 'hex')))).toThrow(damaged)
  })

  it('gives an RSA number that is zero as zero, for the key check to refuse', () => {
    const jwk = jwkFromPem(armoured(Buffer.from('301a300d06092a864886f70d01010105000309003006020100020103', 'hex')))
    expect(jwk).toEqual({ kty: 'RSA', n: 'AA', e: 'Aw' })
    expect(checkJwk(jwk)).toBe('weak')
  })

  it('gives a point of the wrong length, for the key check to refuse', () => {
    const der = spkiDer(pairs['P-256'].publicKey)
    // One byte less in the bit string, its length and that of the whole put right.
    const short = Buffer.from(der.subarray(0, -1))
    short[1] = (short[1] ?? 0) - 1
    short[24] = (short[24] ?? 0) - 1
    expect(checkJwk(jwkFromPem(armoured(short)))).toBe('unfit')
  })
})
