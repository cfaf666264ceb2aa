import { describe, expect, it } from 'vitest'
import { claimsSet, encode } from '../../test/fixtures.js'
import { parseCompactJws } from './compact-jws.js'

const header = encode({ alg: 'RS256' })
const claims = encode(claimsSet())

describe('parseCompactJws', () => {
  it('takes a token apart', () => {
    const token = `${header}.${claims}.AQAB`
    expect(parseCompactJws(token)).toEqual({
      token,
      header: { alg: 'RS256' },
      claims: claimsSet(),
      signingInput: `${header}.${claims}`,
      signature: 'AQAB',
    })
  })

  it.each([
    ['nothing', ''],
    ['one segment', header],
    ['two segments', `${header}.${claims}`],
    ['four segments', `${header}.${claims}.AQAB.AQAB`],
    ['five segments, as a JWE has', `${header}.AQAB.AQAB.AQAB.AQAB`],
    ['an empty header', `.${claims}.AQAB`],
    ['empty claims', `${header}..AQAB`],
    ['an empty signature', `${header}.${claims}.`],
    ['only dots', '..'],
    ['padding in the header', `${encode('{}')}=.${claims}.AQAB`],
    ['padding in the claims', `${header}.${encode('{}')}=.AQAB`],
    ['padding in the signature', `${header}.${claims}.AQABAA==`],
    ['a non-zero trailing bit in the signature', `${header}.${claims}.AQABAB`],
    ['white space before', ` ${header}.${claims}.AQAB`],
    ['white space after', `${header}.${claims}.AQAB `],
    ['a line break', `${header}.${claims}.AQ\nAB`],
    ['a character of plain base64', `${header}.${claims}.AQ+B`],
    ['a header that is not JSON', `${encode('{')}.${claims}.AQAB`],
    ['claims that are not JSON', `${header}.${encode('ada')}.AQAB`],
    ['a header that is a list', `${encode([])}.${claims}.AQAB`],
    ['a header that is null', `${encode(null)}.${claims}.AQAB`],
    ['claims that are a string', `${header}.${encode('"ada"')}.AQAB`],
    ['claims that are a number', `${header}.${encode(5)}.AQAB`],
    ['claims that are a list', `${header}.${encode([1])}.AQAB`],
    ['claims that are null', `${header}.${encode(null)}.AQAB`],
    ['claims in Latin-1', `${header}.${encode(Buffer.from('{"sub":"é"}', 'latin1'))}.AQAB`],
    ['claims with an overlong UTF-8 sequence', `${header}.${encode(Buffer.from('{"a":"\xc0\xaf"}', 'latin1'))}.AQAB`],
    ['claims in UTF-16', `${header}.${encode(Buffer.from('{}', 'utf16le'))}.AQAB`],
    ['a byte order mark before the header', `${encode('\ufeff{"alg":"RS256"}')}.${claims}.AQAB`],
    ['a byte order mark before the claims', `${header}.${encode('\ufeff{}')}.AQAB`],
    ['two JSON values', `${header}.${encode('{}{}')}.AQAB`],
  ])('refuses %s', (_what, token) => {
    expect(parseCompactJws(token)).toBeUndefined()
  })

  it('lets the last of duplicate members win, in header and claims', () => {
    const token = `${encode('{"alg":"none","alg":"RS256"}')}.${encode('{"sub":"eve","sub":"ada"}')}.AQAB`
    expect(parseCompactJws(token)).toMatchObject({ header: { alg: 'RS256' }, claims: { sub: 'ada' } })
  })

  it('keeps __proto__ a member like any other', () => {
    const parsed = parseCompactJws(
      `${encode('{"__proto__":{"alg":"RS256"}}')}.${encode('{"__proto__":{"sub":"eve"}}')}.AQAB`,
    )
    expect(parsed?.header['alg']).toBeUndefined()
    expect(parsed?.claims['sub']).toBeUndefined()
    expect(Object.getPrototypeOf(parsed?.claims)).toBe(Object.prototype)
  })

  it('goes on after bytes that are not UTF-8', () => {
    parseCompactJws(`${header}.${encode(Buffer.from([0x7b, 0xe2, 0x82]))}.AQAB`)
    expect(parseCompactJws(`${header}.${claims}.AQAB`)).toBeDefined()
  })
})
