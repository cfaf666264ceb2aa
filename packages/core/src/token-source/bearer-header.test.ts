import { describe, expect, it } from 'vitest'
import { fastest } from '../../test/fixtures.js'
import { readBearerHeader } from './bearer-header.js'

describe('readBearerHeader', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['BEARER abc', 'abc'],
    ['bEaReR    abc', 'abc'],
    ['Bearer a-b.c_d~e+f/g==', 'a-b.c_d~e+f/g=='],
    ['Bearer abc,', 'abc'],
    [', Bearer abc', 'abc'],
    [', ,Bearer abc , ,', 'abc'],
    ['Basic YWRhOmxvdmVsYWNl, Bearer abc', 'abc'],
    ['Bearer abc, Basic YWRhOmxvdmVsYWNl', 'abc'],
    ['Digest username="ada", realm="x", Bearer abc', 'abc'],
    ['Digest username="Bearer x, Bearer y", Bearer abc', 'abc'],
    ['Digest username="a\\", Bearer x", Bearer abc', 'abc'],
  ])('finds the token of %j', (value, token) => {
    expect(readBearerHeader(value)).toEqual({ token })
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
    'Digest username="Bearer abc"',
    'Digest username="a, Bearer abc"',
    'Digest username="a, Bearer abc',
    '"Bearer abc"',
  ])('finds no token in %j', (value) => {
    expect(readBearerHeader(value)).toBeUndefined()
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
    '\u00a0Bearer abc,Bearer',
    'Bearer abc\u0000',
    'Bearer abc, def',
    'Bearer abc, x="y"',
    'Bearer "abc, Bearer def',
    'Basic YWRhOmxvdmVsYWNl, Bearer',
  ])('refuses %j as malformed', (value) => {
    expect(readBearerHeader(value)).toBe('request_malformed')
  })

  it.each([
    'Bearer abc, Bearer def',
    'Bearer abc,Bearer def',
    'Bearer abc, bearer abc',
    'Bearer abc, Bearer',
    'Bearer , Bearer abc',
    'Bearer abc, Basic YWRhOmxvdmVsYWNl, Bearer def',
  ])('refuses %j as repeated', (value) => {
    expect(readBearerHeader(value)).toBe('token_repeated')
  })

  it.each([
    ['spaces', `Bearer ${' '.repeat(16_000)}!`],
    ['commas', `Bearer a${','.repeat(16_000)}!`],
    ['quotes', `Bearer ${'"'.repeat(16_001)}`],
    ['backslashes in quotes', `Bearer "${'\\'.repeat(16_001)}`],
    ['equals signs', `Bearer a${'='.repeat(16_000)}!`],
    ['spaces inside', `Basic a,${' '.repeat(16_000)}a${' '.repeat(16_000)}b`],
    ['schemes', 'a b,'.repeat(4_000)],
  ])('reads 16 KB of %s in linear time', (_what, value) => {
    // Less than one where it is linear; more than a hundred where it is quadratic.
    expect(fastest(() => readBearerHeader(value))).toBeLessThan(30)
  })
})
