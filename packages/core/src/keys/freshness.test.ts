import { describe, expect, test } from 'vitest'
import { freshnessOf, lifetimeFrom } from './freshness.js'

describe('how long a response is fresh', () => {
  test.each([
    ['the limit, where nothing is said', undefined, 600],
    ['the limit, where max-age is not among the directives', 'public, s-maxage=90', 600],
    ['its max-age', 'max-age=300', 300],
    ['its max-age among others', 'public, max-age=300, must-revalidate', 300],
    ['its max-age in any letter case, with spaces', 'Public , Max-Age = 300', 300],
    ['its max-age in quotes', 'max-age="300"', 300],
    ['at least a minute', 'max-age=5', 60],
    ['at least a minute, for max-age=0', 'max-age=0', 60],
    ['at most the limit', 'max-age=86400', 600],
    ['at most the limit, for digits without end', `max-age=${'9'.repeat(400)}`, 600],
    ['a minute, where it may not be stored', 'max-age=300, no-store', 60],
    ['a minute, where it must be revalidated', 'no-cache', 60],
    ['a minute, where max-age cannot be read', 'max-age=soon', 60],
    ['a minute, where max-age is negative', 'max-age=-1', 60],
    ['the smaller of two', 'max-age=500, max-age=200', 200],
    ['its own max-age, not one inside a quoted argument', 'private="x, max-age=100", max-age=300', 300],
  ])('%s', (_name, cacheControl, seconds) => {
    const headers = new Headers(cacheControl === undefined ? {} : { 'cache-control': cacheControl })
    expect(freshnessOf(headers, 600)).toBe(seconds)
  })

  test.each([
    ['120', 180],
    ['290', 60],
    ['1000', 60],
    ['-100', 300],
    ['x', 300],
  ])('less the Age of %s that it already has', (age, seconds) => {
    expect(freshnessOf(new Headers({ 'cache-control': 'max-age=300', age }), 600)).toBe(seconds)
  })

  test('never longer than a limit below a minute', () => {
    expect(freshnessOf(new Headers(), 20)).toBe(20)
    expect(freshnessOf(new Headers({ 'cache-control': 'max-age=5' }), 20)).toBe(20)
    expect(freshnessOf(new Headers({ 'cache-control': 'max-age=300' }), 0)).toBe(0)
  })
})

describe("a set's life", () => {
  test.each([
    [0, 432],
    [0.5, 480],
    [1, 528],
  ])('is refreshed ahead once 80 % ± 10 % of its freshness has passed (random %s)', (random, seconds) => {
    expect(lifetimeFrom(1000, 0, 600, 14_400, random).refreshAt - 1000).toBeCloseTo(seconds, 6)
  })

  test('counts from the beginning of the fetch, freshness with the time lost by then', () => {
    expect(lifetimeFrom(1000, 50, 600, 14_400, 0.5)).toEqual({
      fetchedAt: 1000,
      refreshAt: 1530,
      freshUntil: 1650,
      staleUntil: 15_400,
    })
  })

  test('is never shorter than its freshness', () => {
    expect(lifetimeFrom(1000, 0, 600, 0, 0.5).staleUntil).toBe(1600)
  })
})
