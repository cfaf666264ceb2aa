import { describe, expect, it } from 'vitest'
import {
  ConfigError,
  isFilledText,
  refuseUnknownOptions,
  requireList,
  requireNonNegative,
  requireOneOrMore,
} from './config-error.js'

describe('refuseUnknownOptions', () => {
  it('lets known options pass, and absent ones', () => {
    expect(() =>
      refuseUnknownOptions('here', { a: 1 } as { a?: number; b?: number }, { a: true, b: true }),
    ).not.toThrow()
    expect(() => refuseUnknownOptions('here', {} as { a?: number; b?: number }, { a: true, b: true })).not.toThrow()
  })

  it('names the option that nobody reads, and those that there are', () => {
    const refuse = () => refuseUnknownOptions<object>('here', { audiense: 1 }, { audience: true, issuer: true })
    expect(refuse).toThrow(ConfigError)
    expect(refuse).toThrow('here: unknown option "audiense". Known options: audience, issuer.')
  })

  it.each([[null], [undefined], ['a'], [5], [[]], [['a']]])('refuses %j, which is no object of options', (options) => {
    expect(() => refuseUnknownOptions('here', options as object, {})).toThrow(
      new ConfigError('here: takes an object of options.'),
    )
  })

  it('knows no option by inheritance', () => {
    expect(() => refuseUnknownOptions<object>('here', { toString: 1 }, { a: true })).toThrow(
      'unknown option "toString"',
    )
  })
})

describe.each([
  ['requireList', requireList],
  ['requireOneOrMore', requireOneOrMore],
])('%s', (_name, require) => {
  const read = (list: unknown) => require('names', list, isFilledText, 'takes names.')

  it('gives a copy of a list', () => {
    const list = ['a', 'b']
    expect(read(list)).toEqual(list)
    expect(read(list)).not.toBe(list)
  })

  it.each([undefined, null, '', 5, {}, [], { 0: 'a', length: 1 }])('refuses %j, and names the option', (list) => {
    expect(() => read(list)).toThrow(new ConfigError('names takes names.'))
  })

  it.each([[['a', '']], [['a', 5]], [['a', undefined, 'b', 5]], [['a'].concat(new Array(1))]])(
    'names the first wrong entry of %j, and a hole is one',
    (list) => {
      expect(() => read(list)).toThrow(new ConfigError('names[1] takes names.'))
    },
  )
})

describe('of one value', () => {
  it('requireList makes nothing', () => {
    expect(() => requireList('names', 'a', isFilledText, 'takes names.')).toThrow(new ConfigError('names takes names.'))
  })

  it('requireOneOrMore makes a list of one', () => {
    expect(requireOneOrMore('names', 'a', isFilledText, 'takes names.')).toEqual(['a'])
  })
})

describe('requireNonNegative', () => {
  it.each([undefined, 0, 0.5, 14_400, Number.MAX_VALUE])('takes %s', (value) => {
    expect(() => requireNonNegative('timeout', value)).not.toThrow()
  })

  it.each([-1, -0.001, Number.NaN, Number.POSITIVE_INFINITY, '5', null, {}, 5n])('refuses %s', (value) => {
    expect(() => requireNonNegative('timeout', value as number)).toThrow(
      new ConfigError('timeout must be a finite number, 0 or more. Durations are in seconds.'),
    )
  })
})
