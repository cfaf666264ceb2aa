import { expect, it } from 'vitest'
import { createManualClock } from './manual-clock.js'

it('stands still until it is moved', () => {
  const clock = createManualClock(1000)
  expect(clock()).toBe(1000)
  expect(clock.advance(2.5)).toBe(1002.5)
  expect(clock()).toBe(1002.5)
})

it('goes back as well, by a step or to a moment', () => {
  const clock = createManualClock(1000)
  expect(clock.advance(-10)).toBe(990)
  expect(clock.set(5)).toBe(5)
  expect(clock()).toBe(5)
})

it('starts at the present, in whole seconds', () => {
  const before = Math.floor(Date.now() / 1000)
  const now = createManualClock()()
  expect(Number.isInteger(now)).toBe(true)
  expect(now).toBeGreaterThanOrEqual(before)
  expect(now).toBeLessThanOrEqual(Date.now() / 1000)
})

it('takes nothing but finite numbers', () => {
  const clock = createManualClock(0)
  expect(() => createManualClock(Number.NaN)).toThrow(TypeError)
  expect(() => clock.advance(Number.POSITIVE_INFINITY)).toThrow(TypeError)
  expect(() => clock.set(Number.NaN)).toThrow(TypeError)
  expect(clock()).toBe(0)
})
