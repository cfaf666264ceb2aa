import { describe, expect, it } from 'vitest'
import { ConfigError, refuseUnknownOptions, requireNonNegative } from './config-error.js'

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
