import { afterEach, describe, expect, test, vi } from 'vitest'
import { SharedFetch } from './shared-fetch.js'

afterEach(() => {
  vi.restoreAllMocks()
})

describe('shared fetch', () => {
  test('is one for all who need it while it is under way, and another afterwards', async () => {
    let calls = 0
    const shared = new SharedFetch(async () => {
      calls += 1
      return calls
    }, 3)
    expect(shared.running).toBeUndefined()
    expect(await Promise.all([shared.run(), shared.run(), shared.run()])).toEqual([1, 1, 1])
    expect(shared.running).toBeUndefined()
    expect(await shared.run()).toBe(2)
  })

  test('is given up when it is far past its timeout, and does not end its successor when it comes in after all', async () => {
    const settle: ((value: string) => void)[] = []
    const shared = new SharedFetch(() => new Promise<string>((resolve) => settle.push(resolve)), 3)
    const at = vi.spyOn(performance, 'now').mockReturnValue(0)
    const first = shared.run()
    at.mockReturnValue(6999)
    expect(shared.run()).toBe(first)
    at.mockReturnValue(7000)
    const second = shared.run()
    expect(settle).toHaveLength(2)
    settle[0]?.('late')
    expect(await first).toBe('late')
    expect(shared.running).toBe(second)
    settle[1]?.('current')
    expect(await second).toBe('current')
    expect(shared.running).toBeUndefined()
  })
})
