import { describe, expect, it } from 'vitest'
import { fastest } from '../../test/fixtures.js'
import { createReadAuthorization } from './authorization.js'

const read = createReadAuthorization(['Bearer'])

describe('Authorization, where Bearer is the scheme', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['BEARER abc', 'abc'],
    ['bEaReR    abc', 'abc'],
    ['Bearer a-b.c_d~e+f/g==', 'a-b.c_d~e+f/g=='],
  ])('finds the token of %j', (value, token) => {
    expect(read(value)).toEqual({ token, source: 'header', scheme: 'Bearer' })
  })

  it.each([
    undefined,
    '',
    ' ',
    ',',
    'Basic YWRhOmxvdmVsYWNl',
    'Bearerabc',
    'Bearer2 abc',
    'Bearer-Token abc',
    'XBearer abc',
    'Token Bearer',
    'DPoP abc',
    'DPoP abc, DPoP def',
    'Digest username="Bearer abc"',
    'Digest username="a,XBearer abc"',
    'Digest username="a, Bearers abc"',
    'Digest a=",\u00a0Bearer abc"',
    '"Bearer abc"',
    '\u00a0Bearer abc',
  ])('finds no token in %j', (value) => {
    expect(read(value)).toBeUndefined()
  })

  it.each([
    'Bearer',
    'Bearer ',
    'bearer',
    'Bearer,',
    'Bearer\tabc',
    'Bearer \tabc',
    'Bearer abc def',
    'Bearer abc\tdef',
    'Bearer a=b',
    'Bearer =',
    'Bearer "abc"',
    'Bearer abc;x',
    'Bearer: abc',
    'Bearer=abc',
    'Bearer token=abc',
    'Bearer äbc',
    'Bearer\u00a0abc',
    'Bearer abc\u00a0',
    'Bearer abc\u0000',
    'Bearer abc,',
    'Bearer abc, def',
    'Bearer abc, x="y"',
    'Bearer abc, Basic YWRhOmxvdmVsYWNl',
    'Bearer abc, DPoP def',
    'Bearer abc, Bearers def',
  ])('refuses %j as malformed', (value) => {
    expect(read(value)).toBe('request_malformed')
  })

  it.each([
    ', Bearer abc',
    ', ,Bearer abc , ,',
    'Basic YWRhOmxvdmVsYWNl, Bearer abc',
    'Basic YWRhOmxvdmVsYWNl,\t Bearer',
    'Basic a,bearer=',
    'Digest username="a, Bearer abc"',
    'Digest username="a, Bearer abc',
    'DPoP abc, Bearer def',
  ])('refuses %j, in which a proxy could read a Bearer credential', (value) => {
    expect(read(value)).toBe('request_malformed')
  })

  it.each([
    'Bearer abc, Bearer def',
    'Bearer abc,Bearer def',
    'Bearer abc,\t Bearer def',
    'Bearer abc, bearer abc',
    'Bearer abc, Bearer',
    'Bearer , Bearer abc',
    'Bearer "abc, Bearer def',
    'Bearer abc, Basic YWRhOmxvdmVsYWNl, Bearer def',
  ])('refuses %j as repeated', (value) => {
    expect(read(value)).toBe('token_repeated')
  })

  it.each([
    ['spaces', `Bearer ${' '.repeat(16_000)}!`],
    ['commas', `Bearer a${','.repeat(16_000)}!`],
    ['quotes', `Bearer ${'"'.repeat(16_001)}`],
    ['equals signs', `Bearer a${'='.repeat(16_000)}!`],
    ['spaces after commas', `Basic a,${' '.repeat(8_000)}a,${' '.repeat(8_000)}b`],
    ['schemes', 'a b,'.repeat(4_000)],
  ])('reads 16 KB of %s in linear time', (_what, value) => {
    // Less than one where it is linear; more than a hundred where it is quadratic.
    expect(fastest(() => read(value))).toBeLessThan(30)
  })
})

describe('Authorization, where other schemes are accepted', () => {
  const both = createReadAuthorization(['Bearer', 'DPoP'])
  const dpop = createReadAuthorization(['DPoP'])

  it('says which one was used', () => {
    expect(both('Bearer abc')).toEqual({ token: 'abc', source: 'header', scheme: 'Bearer' })
    expect(both('DPoP abc')).toEqual({ token: 'abc', source: 'header', scheme: 'DPoP' })
    expect(dpop('dpop  abc')).toEqual({ token: 'abc', source: 'header', scheme: 'DPoP' })
  })

  it('takes one that is not accepted for no token', () => {
    expect(dpop('Bearer abc')).toBeUndefined()
    expect(dpop('Bearer abc, Bearer def')).toBeUndefined()
  })

  it('refuses two, of whichever schemes', () => {
    expect(both('Bearer abc, DPoP abc')).toBe('token_repeated')
    expect(both('DPoP abc, Bearer abc')).toBe('token_repeated')
    expect(both('DPoP, DPoP')).toBe('token_repeated')
    expect(dpop('Bearer abc, DPoP abc')).toBe('request_malformed')
    expect(dpop('DPoP abc, Bearer abc')).toBe('request_malformed')
  })
})
