import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { encode } from '../../test/fixtures.js'
import { isOnCurve } from './curve-point.js'

describe.each(['P-256', 'P-384', 'P-521'])('a point of %s', (namedCurve) => {
  const { x = '', y = '' } = generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'jwk' })
  const bytes = Buffer.from(x, 'base64url').length

  it('is one, whichever key it is of', () => {
    for (let i = 0; i < 20; i++) {
      const jwk = generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'jwk' })
      expect(isOnCurve(namedCurve, jwk.x ?? '', jwk.y ?? '')).toBe(true)
    }
  })

  it.each([
    ['x twice', x, x],
    ['y before x', y, x],
    ['zeros', encode(Buffer.alloc(bytes)), encode(Buffer.alloc(bytes))],
    ['numbers beyond the field', encode(Buffer.alloc(bytes, 255)), encode(Buffer.alloc(bytes, 255))],
    ['nothing', '', ''],
    ['a coordinate with a zero before it', encode(Buffer.concat([Buffer.alloc(1), Buffer.from(x, 'base64url')])), y],
  ])('is not %s', (_what, px, py) => {
    expect(isOnCurve(namedCurve, px, py)).toBe(false)
  })

  it('is on no other curve', () => {
    for (const crv of ['P-256', 'P-384', 'P-521', 'secp256k1', 'X25519', undefined].filter(
      (each) => each !== namedCurve,
    ))
      expect(isOnCurve(crv, x, y)).toBe(false)
  })
})
