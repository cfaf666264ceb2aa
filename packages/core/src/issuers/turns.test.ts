import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Turns } from './turns.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('turns', () => {
  it('are given up to a number, and in order as they come back', async () => {
    const turns = new Turns(2, 3)
    const [first, second] = [await turns.take(), turns.takeNow()]
    expect(turns.takeNow()).toBeUndefined()
    const order: string[] = []
    const third = turns.take().then((turn) => {
      order.push('third')
      return turn
    })
    const fourth = turns.take().then(() => order.push('fourth'))
    first?.end()
    first?.end()
    await third
    expect(order).toEqual(['third'])
    second?.end()
    await fourth
    expect(order).toEqual(['third', 'fourth'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('are waited for no longer than patience lasts', async () => {
    const turns = new Turns(1, 3)
    const held = turns.takeNow()
    const waited = turns.take()
    await vi.advanceTimersByTimeAsync(3000)
    expect(await waited).toBeUndefined()
    held?.end()
    expect(turns.takeNow()).toBeDefined()
  })

  it('that nobody gives back are taken back', async () => {
    const turns = new Turns(1, 3)
    expect(turns.takeNow()).toBeDefined()
    await vi.advanceTimersByTimeAsync(4000)
    expect(turns.takeNow()).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1)
    expect(turns.takeNow()).toBeDefined()
  })
})
