import { expect, it } from 'vitest'
import { systemClock } from './clock.js'

it('the system clock counts seconds since the epoch', () => {
  const before = Date.now() / 1000
  const shown = systemClock()
  expect(shown).toBeGreaterThanOrEqual(before)
  expect(shown).toBeLessThanOrEqual(Date.now() / 1000)
})
