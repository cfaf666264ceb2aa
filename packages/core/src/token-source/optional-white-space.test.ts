import { describe, expect, it } from 'vitest'
import { trimOptionalWhiteSpace } from './optional-white-space.js'

describe('trimOptionalWhiteSpace', () => {
  it.each([
    ['', ''],
    [' \t ', ''],
    ['a', 'a'],
    [' a', 'a'],
    ['a\t', 'a'],
    ['\t a  b \t', 'a  b'],
    ['\u00a0a\n', '\u00a0a\n'],
  ])('makes of %j %j', (text, trimmed) => {
    expect(trimOptionalWhiteSpace(text)).toBe(trimmed)
  })
})
