import { describe, expect, test } from 'vitest'
import { SteadyClock } from './steady-clock.js'

describe('steady clock', () => {
  test('follows the wall clock forward, stands still where that steps back, and says how much was lost', () => {
    let wall = 1000
    const time = new SteadyClock(() => wall)
    const readings = [1000, 1010.5, 400, 401, 400, 2000].map((reading) => {
      wall = reading
      return [time.now(), time.lost]
    })
    expect(readings).toEqual([
      [1000, 0],
      [1010.5, 0],
      [1010.5, 610.5],
      [1011.5, 610.5],
      [1011.5, 611.5],
      [2611.5, 611.5],
    ])
    expect(time.toWall(time.now())).toBe(2000)
  })
})
