import { describe, expect, it } from 'vitest'
import { algorithmTable, asymmetricAlgorithms, isAlgorithm } from './algorithms.js'

describe('isAlgorithm', () => {
  it.each(Object.keys(algorithmTable))('knows %s', (name) => {
    expect(isAlgorithm(name)).toBe(true)
  })

  it.each(['none', '', 'rs256', 'ES256K', 'toString', '__proto__', 'constructor', undefined, null, 256, ['RS256']])(
    'does not know %j',
    (name) => {
      expect(isAlgorithm(name)).toBe(false)
    },
  )
})

it('the default allow-list holds every asymmetric algorithm and no HMAC', () => {
  expect(asymmetricAlgorithms.join(' ')).toBe('RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519')
})
