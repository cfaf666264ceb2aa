import { expect, test, vi } from 'vitest'
import { late, within } from './within.js'

test('gives what comes in time, and says what does not', async () => {
  vi.useFakeTimers()
  expect(await within(1, Promise.resolve('value'))).toBe('value')
  await expect(within(1, Promise.reject(new Error('no')))).rejects.toThrow('no')
  const never = within(1, new Promise(() => {}))
  await vi.advanceTimersByTimeAsync(1000)
  expect(await never).toBe(late)
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})
