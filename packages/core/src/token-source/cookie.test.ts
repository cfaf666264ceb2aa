import { describe, expect, it } from 'vitest'
import { fastest } from '../../test/fixtures.js'
import { isCookieName, readCookie } from './cookie.js'

describe('readCookie', () => {
  it.each([
    ['access=abc', 'abc'],
    ['a=1; access=abc; b=2', 'abc'],
    ['a=1;access=abc;b=2', 'abc'],
    ['a=1;\taccess = abc\t; b=2', 'abc'],
    ['access=abc; access=abc', 'abc'],
    ['access="abc"', '"abc"'],
    ['access=a%20b', 'a%20b'],
    ['access=a=b=c', 'a=b=c'],
    ['access=a b', 'a b'],
    ['access=abc; Access=def', 'abc'],
    ['access=abc; access', 'abc'],
    ['access=abc\u00a0', 'abc\u00a0'],
  ])('finds the value in %j', (value, token) => {
    expect(readCookie(value, 'access')).toEqual({ token })
  })

  it.each([
    undefined,
    '',
    'access',
    'access=',
    'access= ',
    'access=; access=',
    'Access=abc',
    'ACCESS=abc',
    'xaccess=abc',
    'accessx=abc',
    '$access=abc',
    'a=access',
    'a="; access"; b=access=abc',
    '%61ccess=abc',
    '\u00a0access=abc',
    'a=1, access=abc',
  ])('finds no token in %j', (value) => {
    expect(readCookie(value, 'access')).toBeUndefined()
  })

  it.each(['access=abc; access=def', 'access=abc; access=', 'access=; access=abc', 'access=abc; access="abc"'])(
    'refuses %j as repeated',
    (value) => {
      expect(readCookie(value, 'access')).toBe('token_repeated')
    },
  )

  it('reads a name as text and not as a pattern', () => {
    expect(readCookie('axb=1', 'a.b')).toBeUndefined()
    expect(readCookie('a.b=1', 'a.b')).toEqual({ token: '1' })
  })

  it.each([
    ['white space inside a name', `access${' '.repeat(16_000)}x=abc`],
    ['white space inside a value', `access=a${' \t'.repeat(8_000)}b`],
    ['empty pairs', `${';'.repeat(16_000)}access`],
  ])('reads 16 KB of %s in linear time', (_what, value) => {
    // Less than one where it is linear; more than a hundred where it is quadratic.
    expect(fastest(() => readCookie(value, 'access'))).toBeLessThan(30)
  })
})

describe('isCookieName', () => {
  it.each(['a', '__Host-access', 'access.token', "!#$%&'*+.^_`|~"])('takes %j', (name) => {
    expect(isCookieName(name)).toBe(true)
  })

  it.each(['', ' ', 'a b', 'a=b', 'a;b', 'a,b', '"a"', 'a\tb', 'a\n', 'é', '[a]', undefined, null, 5])(
    'refuses %j',
    (name) => {
      expect(isCookieName(name)).toBe(false)
    },
  )
})
