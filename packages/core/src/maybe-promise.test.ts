import { describe, expect, it } from 'vitest'
import { whenReady } from './maybe-promise.js'

describe('whenReady', () => {
  it('goes on at once with a value that is there', () => {
    expect(whenReady(1, (value) => value + 1)).toBe(2)
  })

  it('goes on later with a promise', async () => {
    const later = whenReady(Promise.resolve(1), (value) => value + 1)
    expect(later).toBeInstanceOf(Promise)
    expect(await later).toBe(2)
  })

  it('goes on later with whatever has a then, a function too', async () => {
    for (const target of [{}, () => {}]) {
      const then = (resolve: (value: number) => void) => resolve(1)
      const given = Object.defineProperty(target, 'then', { value: then }) as PromiseLike<number>
      expect(await whenReady(given, (value) => value + 1)).toBe(2)
    }
    expect(whenReady(Object.defineProperty({}, 'then', { value: 1 }), () => 3)).toBe(3)
  })

  it('passes a rejection on', async () => {
    const bug = new Error('a bug')
    await expect(whenReady(Promise.reject(bug), () => 1)).rejects.toBe(bug)
  })
})
