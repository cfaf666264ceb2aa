import { afterEach, describe, expect, test, vi } from 'vitest'
import { SharedWork } from './shared-work.js'

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** Work that ends when it is told to. */
function controlled() {
  const end: ((value: string) => void)[] = []
  return { end, work: () => new Promise<string>((resolve) => end.push(resolve)) }
}

describe('shared work', () => {
  test('is one for all who need it while it is under way, and another afterwards', async () => {
    let calls = 0
    const shared = new SharedWork(async () => {
      calls += 1
      return calls
    }, 3)
    expect(shared.isRunning).toBe(false)
    const all = [shared.run(), shared.run(), shared.run()]
    expect(shared.isRunning).toBe(true)
    expect(await Promise.all(all)).toEqual([1, 1, 1])
    expect(shared.isRunning).toBe(false)
    expect(await shared.run()).toBe(2)
  })

  test('may be begun already', async () => {
    const shared = new SharedWork(async () => 'anew', 3)
    const first = shared.start(async () => 'begun')
    expect(await shared.run()).toBe('begun')
    expect(await first).toBe('begun')
    expect(await shared.run()).toBe('anew')
  })

  test('that is older than its time limit is not joined, and does not end its successor when it comes in after all', async () => {
    const { end, work } = controlled()
    const shared = new SharedWork(work, 3)
    const at = vi.spyOn(performance, 'now').mockReturnValue(0)
    const first = shared.run()
    at.mockReturnValue(3249)
    expect(shared.isRunning).toBe(true)
    at.mockReturnValue(3250)
    expect(shared.isRunning).toBe(false)
    const second = shared.run()
    expect(end).toHaveLength(2)
    end[0]?.('late')
    expect(await first).toBe('late')
    expect(shared.isRunning).toBe(true)
    end[1]?.('current')
    expect(await second).toBe('current')
    expect(shared.isRunning).toBe(false)
  })

  test('that never ends, as where its request was ended on Workers, is done by who has waited for it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const { end, work } = controlled()
    const shared = new SharedWork(work, 3)
    void shared.run()
    const joined = shared.run()
    await vi.advanceTimersByTimeAsync(3249)
    expect(end).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(end).toHaveLength(2)
    end[1]?.('by itself')
    expect(await joined).toBe('by itself')
    expect(vi.getTimerCount()).toBe(0)
  })
})
