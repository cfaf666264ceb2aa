import { describe, expect, test } from 'vitest'
import { UnknownKids } from './unknown-kids.js'

describe('refetches for unknown kids', () => {
  test('two at once, then one in five seconds', () => {
    const unknownKids = new UnknownKids(5)
    const allowed = (now: number) => unknownKids.mayRefetch(now)
    expect([allowed(1000), allowed(1000), allowed(1000)]).toEqual([true, true, false])
    expect(unknownKids.wait).toBe(5)
    expect([allowed(1004), allowed(1005), allowed(1005)]).toEqual([false, true, false])
    expect(allowed(1006)).toBe(false)
    expect(unknownKids.wait).toBe(4)
  })

  test('a long rest fills the allowance to two and no further', () => {
    const unknownKids = new UnknownKids(5)
    unknownKids.mayRefetch(1000)
    const taken = [1, 2, 3].map(() => unknownKids.mayRefetch(9000))
    expect(taken).toEqual([true, true, false])
  })

  test('without a cooldown there is no limit', () => {
    const unknownKids = new UnknownKids(0)
    expect(Array.from({ length: 100 }, () => unknownKids.mayRefetch(1000))).not.toContain(false)
  })
})

describe('misses', () => {
  test('are remembered for thirty seconds', () => {
    const unknownKids = new UnknownKids(5)
    expect(unknownKids.isMissing('x', 1000)).toBe(false)
    unknownKids.remember('x', 1000)
    expect(unknownKids.isMissing('x', 1029.9)).toBe(true)
    expect(unknownKids.isMissing('x', 1030)).toBe(false)
    expect(unknownKids.isMissing('y', 1000)).toBe(false)
  })

  test('are at most 1,024: the oldest makes room', () => {
    const unknownKids = new UnknownKids(5)
    for (let n = 0; n <= 1024; n += 1) unknownKids.remember(`k${n}`, 1000)
    expect(unknownKids.isMissing('k0', 1000)).toBe(false)
    expect(unknownKids.isMissing('k1', 1000)).toBe(true)
    expect(unknownKids.isMissing('k1024', 1000)).toBe(true)
  })

  test('of kids over 256 characters are not kept', () => {
    const unknownKids = new UnknownKids(5)
    unknownKids.remember('k'.repeat(256), 1000)
    unknownKids.remember('k'.repeat(257), 1000)
    expect(unknownKids.isMissing('k'.repeat(256), 1000)).toBe(true)
    expect(unknownKids.isMissing('k'.repeat(257), 1000)).toBe(false)
  })

  test('odd kids are kids like any other', () => {
    const unknownKids = new UnknownKids(5)
    for (const kid of ['__proto__', 'constructor', '']) {
      expect(unknownKids.isMissing(kid, 1000)).toBe(false)
      unknownKids.remember(kid, 1000)
      expect(unknownKids.isMissing(kid, 1000)).toBe(true)
    }
  })
})
