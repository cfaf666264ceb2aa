import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { StoreUnavailableError } from '../session-store.js'
import { ServerTime } from './server-time.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('knows nothing before the first reply', () => {
  expect(new ServerTime().in(3)).toBeUndefined()
})

test("goes on from the server's clock, whatever this one's is set to", () => {
  const time = new ServerTime()
  time.learn(1_800_000_000)
  vi.setSystemTime(0)
  vi.advanceTimersByTime(2000)
  expect(time.in(3)).toBeCloseTo(1_800_000_005, 3)
  time.learn(1_700_000_000)
  expect(time.in(0)).toBeCloseTo(1_700_000_000, 3)
})

test('sends again what came too late by a wrong estimate, until nobody waits any longer', async () => {
  const time = new ServerTime()
  time.learn(1_800_000_000)
  const given: (number | undefined)[] = []
  const late = time.inTime(3, async (notAfter) => {
    given.push(notAfter)
    vi.advanceTimersByTime(1000)
    time.learn(1_900_000_000)
    return undefined
  })
  await expect(late).rejects.toThrow(StoreUnavailableError)
  // Each time with what is left of the three seconds.
  expect(given.map((seconds) => Math.round(seconds ?? 0))).toEqual([1_800_000_003, 1_900_000_002, 1_900_000_001])
  expect(await time.inTime(3, async () => 'in time')).toBe('in time')
})
