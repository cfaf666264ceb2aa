import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { ConfigError, createVerifier, type Jwk } from '@latchkey/core'
import { createTestIssuer, createTestKey, type TestKey } from '@latchkey/testing'
import { describe, expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { audience, clock, encode } from './harness/issuer.js'

// A key that can be factored, or that signs nothing at all, is not used though the issuer publishes it (RFC 7518 §3.3).

const strong = createTestKey('RS256', { kid: 'strong' })
const modulus = Buffer.from(String(strong.publicJwk?.['n']), 'base64url')

/** EMSA-PKCS1-v1_5 (RFC 8017 §9.2): with exponent 1 the padded message is its own signature. */
function padded(input: string): Buffer {
  const digest = Buffer.concat([
    Buffer.from('3031300d060960864801650304020105000420', 'hex'),
    createHash('sha256').update(input).digest(),
  ])
  const filler = Buffer.alloc(modulus.length - digest.length - 3, 0xff)
  return Buffer.concat([Buffer.of(0, 1), filler, Buffer.of(0), digest])
}

function rsaKey(modulusLength: number): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength })
  return {
    ...strong,
    kid: 'weak',
    publicJwk: { ...publicKey.export({ format: 'jwk' }), kid: 'weak', alg: 'RS256', use: 'sig' },
    sign: (input) => sign('sha256', Buffer.from(input), privateKey).toString('base64url'),
  }
}

function exponentKey(e: number[]): TestKey {
  const jwk = { ...strong.publicJwk, kid: 'weak', e: encode(Uint8Array.from(e)) }
  return { ...strong, kid: 'weak', publicJwk: jwk, sign: (input) => encode(padded(input)) }
}

const weakKeys: readonly (readonly [string, TestKey])[] = [
  ['of 512 bits', rsaKey(512)],
  ['of 1024 bits', rsaKey(1024)],
  ['of 2040 bits', rsaKey(2040)],
  ['with exponent 1', exponentKey([1])],
  ['with exponent 1 and leading zeros', exponentKey([0, 0, 1])],
  ['with exponent 0', exponentKey([0])],
  ['with exponent 2', exponentKey([2])],
  ['with exponent 65536', exponentKey([1, 0, 0])],
]

describe.each(weakKeys)('an RSA key %s', (_what, weak) => {
  const both = createTestIssuer({ url: 'https://id.example', keys: [strong], audience, clock })
  both.publish(weak.publicJwk as Jwk)
  const alone = createTestIssuer({ url: 'https://id.example', keys: [weak], audience, clock })
  const beside = useApi({ issuer: both.url, audience, clock, fetch: both.fetch })
  const only = useApi({ issuer: alone.url, audience, clock, fetch: alone.fetch })

  it('is passed over beside a good one', async () => {
    expect((await beside.bearer(both.token())).code).toBe('accepted')
    expect(await beside.bearer(both.token({ key: weak, claims: { sub: 'eve' } }))).toEqual({
      code: 'token_rejected',
      reason: 'key_not_found',
    })
  })

  it('leaves a set that has no other without keys', async () => {
    expect((await only.bearer(alone.token({ key: weak }))).code).toBe('keys_unavailable')
  })

  it('is a mistake where it is configured', () => {
    const create = () => createVerifier({ issuer: both.url, audience, jwks: { keys: [weak.publicJwk as Jwk] } })
    expect(create).toThrow(ConfigError)
    expect(create).toThrow('is too weak')
  })
})
