import { describe, expect, test } from 'vitest'
import { BackOff, parseRetryAfter } from './back-off.js'

describe('back-off', () => {
  test('doubles its ceiling from a quarter of a second to thirty seconds', () => {
    const backOff = new BackOff(() => 1)
    const delays = Array.from({ length: 10 }, () => backOff.failed(1000, 0))
    expect(delays).toEqual([0.25, 0.5, 1, 2, 4, 8, 16, 30, 30, 30])
  })

  test('is jittered over the whole range below the ceiling, but never less than a quarter of a second', () => {
    const random = [0.5, 0.5, 0.5, 0.125, 0]
    const backOff = new BackOff(() => random.shift() ?? 0)
    const delays = Array.from({ length: 5 }, () => backOff.failed(1000, 0))
    expect(delays).toEqual([0.25, 0.25, 0.5, 0.25, 0.25])
  })

  test('counts down, and starts from the bottom after a success', () => {
    const backOff = new BackOff(() => 1)
    expect(backOff.wait(1000)).toBe(0)
    for (let n = 0; n < 5; n += 1) backOff.failed(1000, 0)
    expect(backOff.wait(1001)).toBe(3)
    expect(backOff.wait(1004)).toBe(0)
    expect(backOff.wait(2000)).toBe(0)
    backOff.succeeded()
    expect(backOff.wait(1001)).toBe(0)
    expect(backOff.failed(1001, 0)).toBe(0.25)
  })

  test('honours a longer Retry-After, up to an hour', () => {
    const backOff = new BackOff(() => 1)
    expect(backOff.failed(1000, 120)).toBe(120)
    expect(backOff.failed(1000, 0.1)).toBe(0.5)
    expect(backOff.failed(1000, 86_400)).toBe(3600)
  })

  test('stays at thirty seconds however long an outage lasts', () => {
    const backOff = new BackOff(() => 1)
    let last = 0
    for (let n = 0; n < 5000; n += 1) last = backOff.failed(1000, 0)
    expect(last).toBe(30)
  })
})

describe('Retry-After', () => {
  const now = Date.parse('2027-01-15T08:00:00Z') / 1000
  test.each([
    ['120', 120],
    ['0', 0],
    ['Fri, 15 Jan 2027 08:01:30 GMT', 90],
    ['Fri, 15 Jan 2027 07:00:00 GMT', 0],
    ['-5', 0],
    ['1.5', 0],
    ['soon', 0],
    ['not a date GMT', 0],
    ['2099', 2099],
    ['2099-01-01', 0],
    ['', 0],
    [null, 0],
  ])('%s asks for %s seconds', (value, seconds) => {
    expect(parseRetryAfter(value, now)).toBe(seconds)
  })
})
