import { afterEach, beforeEach, expect, test, vi } from 'vitest'
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
