import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBase64url, decodeSegment, isCanonicalBase64url } from './base64url.js'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** What a round trip through another implementation makes of a text. */
function reencoded(text: string): string {
  return Buffer.from(text, 'base64url').toString('base64url')
}

describe('isCanonicalBase64url', () => {
  it('takes every last character of two whose four trailing bits are zero, and no other', () => {
    const taken = [...alphabet].filter((last) => isCanonicalBase64url(`A${last}`))
    expect(taken.join('')).toBe('AQgw')
  })

  it('takes every last character of three whose two trailing bits are zero, and no other', () => {
    const taken = [...alphabet].filter((last) => isCanonicalBase64url(`AA${last}`))
    expect(taken.join('')).toBe('AEIMQUYcgkosw048')
  })

  it('takes every last character of four', () => {
    expect([...alphabet].every((last) => isCanonicalBase64url(`AAA${last}`))).toBe(true)
  })

  it.each([
    '',
    'A',
    'AAAAA',
    'AA==',
    'AAA=',
    'AA A',
    'AAA\n',
    '\nAAA',
    'AA+A',
    'AA/A',
    'AAAé',
    'AA.A',
    'A\0AA',
    'ＡAAA',
  ])('refuses %j', (text) => {
    expect(isCanonicalBase64url(text)).toBe(false)
  })

  it.each([4, 6, 7, 64, 342, 8191, 9000])(
    'refuses every character that is not of the alphabet anywhere in %i',
    (length) => {
      for (let code = 0; code < 0x250; code++) {
        const char = String.fromCharCode(code)
        if (alphabet.includes(char)) continue
        for (const at of [0, 1, 2, 3, length >> 1, length - 3, length - 2, length - 1]) {
          const text = `${'A'.repeat(at)}${char}${'A'.repeat(length - at - 1)}`
          if (isCanonicalBase64url(text)) throw new Error(`Character ${code} was taken at ${at}.`)
        }
      }
      expect(isCanonicalBase64url('A'.repeat(length))).toBe(length % 4 !== 1)
    },
  )

  it('takes exactly the texts that re-encoding gives back', () => {
    const nearly = fc.string({ unit: fc.constantFrom(...alphabet, '=', '+', '/', ' ', '\n', 'é'), maxLength: 12 })
    const plain = fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 12 })
    fc.assert(
      fc.property(fc.oneof(plain, nearly, fc.string()), (text) => {
        expect(isCanonicalBase64url(text)).toBe(text !== '' && reencoded(text) === text)
      }),
      { numRuns: 5000 },
    )
  })
})

it('decodes to the bytes that Buffer gives, in an array that has room for no more', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), (bytes) => {
      const into = new Uint8Array(bytes.length)
      expect(decodeBase64url(Buffer.from(bytes).toString('base64url'), into)).toBe(bytes.length)
      expect(into).toEqual(bytes)
    }),
  )
})

describe('decodeSegment', () => {
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
