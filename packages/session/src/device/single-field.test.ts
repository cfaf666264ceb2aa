import { describe, expect, it } from 'vitest'
import { readSingleField } from './single-field.js'

describe('readSingleField', () => {
  it.each([
    ['abc', 'abc'],
    ['"abc"', 'abc'],
    [' "abc" ', 'abc'],
    ['\tabc\t', 'abc'],
    ['"abc";id="x, y"', 'abc'],
    ['"abc" ; a=1;b', 'abc'],
    ['abc;id="x"', 'abc'],
    [String.raw`"a\"b\\c"`, String.raw`a"b\c`],
    ['eyJh.eyJq.c2ln', 'eyJh.eyJq.c2ln'],
    ['""', ''],
  ])('takes %j', (value, item) => {
    expect(readSingleField(value)).toEqual({ item })
  })

  it.each([undefined, '', ' ', '\t'])('says that %j is missing', (value) => {
    expect(readSingleField(value)).toBe('missing')
  })

  it.each(['a, b', '"a", "b"', 'a,', '"a";x=1, "b"', 'a;x, b', '"a","a"'])('says that %j is repeated', (value) => {
    expect(readSingleField(value)).toBe('repeated')
  })

  it.each(['"abc', 'a"b', 'a b', '"a" b', String.raw`"a\b"`, 'ä', '"ä"', ';x=1', ', a', 'a;x="open', 'x'.repeat(8193)])(
    'says that %j is malformed or repeated, and takes nothing of it',
    (value) => {
      expect(readSingleField(value)).toBeTypeOf('string')
    },
  )

  it('takes as many as 8,192 characters', () => {
    expect(readSingleField('x'.repeat(8192))).toEqual({ item: 'x'.repeat(8192) })
  })

  it('needs no time that grows faster than the field', () => {
    const began = performance.now()
    for (const value of [`"${'\\'.repeat(8000)}`, `a${';"'.repeat(4000)}`, `a${';x'.repeat(4000)},`]) {
      readSingleField(value)
    }
    expect(performance.now() - began).toBeLessThan(1000)
  })
})
