import { describe, expect, it } from 'vitest'
import { createKey } from '../../test/fixtures.js'
import { ConfigError } from '../config-error.js'
import { jwksFromPem, type PublicKeys } from './public-keys.js'

function pemOf(alg: 'ES256' | 'ES384' | 'EdDSA' | 'RS256'): string {
  return createKey(alg).publicKey.export({ type: 'spki', format: 'pem' }).toString()
}

const twins = 'publicKeys holds two keys that nothing tells apart. Give each as { kid, pem }, each with its own kid.'

describe('jwksFromPem', () => {
  it('takes one text', () => {
    expect(jwksFromPem(pemOf('ES256')).keys).toMatchObject([{ kty: 'EC', crv: 'P-256' }])
  })

  it('takes several texts of different types', () => {
    const { keys } = jwksFromPem([pemOf('ES256'), pemOf('ES384'), pemOf('EdDSA'), pemOf('RS256')])
    expect(keys.map((key) => key['crv'] ?? key.kty)).toEqual(['P-256', 'P-384', 'Ed25519', 'RSA'])
    expect(keys.every((key) => key['kid'] === undefined)).toBe(true)
  })

  it('takes several of one type, each with its kid', () => {
    const { keys } = jwksFromPem([
      { kid: 'a', pem: pemOf('ES256') },
      { kid: 'b', pem: pemOf('ES256') },
    ])
    expect(keys.map((key) => key['kid'])).toEqual(['a', 'b'])
  })

  it.each([[[]], [null], [{}], [5]])('refuses %j', (publicKeys) => {
    expect(() => jwksFromPem(publicKeys as unknown as PublicKeys)).toThrow(
      new ConfigError('publicKeys is empty. Give at least one PEM public key.'),
    )
  })

  it('names the entry that is wrong', () => {
    const good = { kid: 'a', pem: pemOf('ES256') }
    expect(() => jwksFromPem([good, { kid: 'b', pem: 'x' }])).toThrow(/^publicKeys\[1\] takes a PEM/)
    expect(() => jwksFromPem([good, { kid: 'b' } as typeof good])).toThrow(/^publicKeys\[1\] must be/)
  })

  it.each([[[5]], [[null]], [[{ kid: 'a' }]], [[{ pem: 'x' }]], [[{ kid: 5, pem: 'x' }]], [[['a']]]])(
    'refuses %j, which are not texts',
    (publicKeys) => {
      expect(() => jwksFromPem(publicKeys as unknown as PublicKeys)).toThrow(
        new ConfigError('publicKeys[0] must be a PEM string, or an object { kid, pem } of two strings.'),
      )
    },
  )

  it('refuses two keys that nothing tells apart', () => {
    expect(() => jwksFromPem([pemOf('ES256'), pemOf('ES256')])).toThrow(new ConfigError(twins))
    expect(() => jwksFromPem([pemOf('RS256'), pemOf('RS256')])).toThrow(new ConfigError(twins))
    expect(() =>
      jwksFromPem([
        { kid: 'a', pem: pemOf('ES256') },
        { kid: 'a', pem: pemOf('EdDSA') },
      ]),
    ).toThrow(new ConfigError(twins))
  })

  it('passes on what is wrong with a text', () => {
    expect(() => jwksFromPem('x')).toThrow('This is not PEM.')
    expect(() => jwksFromPem([{ kid: 'a', pem: 'x' }])).toThrow('This is not PEM.')
  })
})
