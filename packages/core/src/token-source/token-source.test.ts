import { describe, expect, it } from 'vitest'
import { ConfigError } from '../config-error.js'
import { readTokenFrom } from './token-source.js'

describe('readTokenFrom', () => {
  it('looks at Authorization alone by default', () => {
    expect(readTokenFrom(undefined)).toEqual(['header'])
  })

  it('takes each kind of source, and lower-cases the names of fields alone', () => {
    expect(readTokenFrom(['header', { cookie: 'Access' }, { header: 'CF-Access-JWT-Assertion' }])).toEqual([
      'header',
      { cookie: 'Access' },
      { header: 'cf-access-jwt-assertion' },
    ])
  })

  it.each([
    [[]],
    ['header'],
    [null],
    [['query']],
    [[null]],
    [[5]],
    [[{}]],
    [[{ cookie: 'a b' }]],
    [[{ cookie: 'a', header: 'b' }]],
    [[{ query: 'a' }]],
    [[{ header: 'Authorization' }]],
    [[{ header: 'cookie' }]],
    [[{ header: 'a b' }]],
    [['header', 'header']],
    [[{ cookie: 'a' }, { cookie: 'a' }]],
    [[{ header: 'x-token' }, { header: 'X-Token' }]],
  ])('refuses %j', (sources) => {
    expect(() => readTokenFrom(sources as never)).toThrow(ConfigError)
  })

  it('takes a cookie and a field of one name for two sources', () => {
    expect(readTokenFrom([{ cookie: 'a' }, { header: 'a' }])).toHaveLength(2)
  })
})
