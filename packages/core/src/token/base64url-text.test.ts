import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeSegment as decodeOnWebStandards } from './base64url.js'
import { decodeSegment as decodeOnNode } from './base64url.node.js'

describe.each([
  ['Web standards', decodeOnWebStandards],
  ['Node', decodeOnNode],
])('decodeSegment on %s', (_name, decodeSegment) => {
  it('gives back the text that was encoded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        expect(decodeSegment(Buffer.from(text).toString('base64url'))).toBe(Buffer.from(text).toString())
      }),
    )
  })

  it('keeps a byte order mark, for JSON.parse to refuse', () => {
    expect(decodeSegment(Buffer.from('\ufeff{}').toString('base64url'))).toBe('\ufeff{}')
  })

  it('refuses what is not canonical', () => {
    for (const segment of ['', 'A', 'e30=', 'e31', 'e30 ', 'e3+', 'e3/', 'ée30'])
      expect(decodeSegment(segment)).toBeUndefined()
  })

  it.each([[[0xff]], [[0xc0, 0x80]], [[0xed, 0xa0, 0x80]], [[0x7b, 0xe2, 0x82]]])('refuses bytes %j', (bytes) => {
    expect(decodeSegment(Buffer.from(bytes).toString('base64url'))).toBeUndefined()
  })
})
