import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isCanonicalBase64url as onWebStandards } from './base64url.js'
import { isCanonicalBase64url as onNode } from './base64url.node.js'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** What a round trip through another implementation makes of a text. */
function reencoded(text: string): string {
  return Buffer.from(text, 'base64url').toString('base64url')
}

describe.each([
  ['Web standards', onWebStandards],
  ['Node', onNode],
])('isCanonicalBase64url on %s', (_name, isCanonicalBase64url) => {
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
