import { expect, it } from 'vitest'
import { Lease } from './lease.js'

it('holds for so long, until it is ended or the clock steps back', () => {
  const lease = new Lease()
  expect(lease.holds(1000)).toBe(false)
  lease.renew(1000, 60)
  expect([999, 1000, 1059, 1060].map((now) => lease.holds(now))).toEqual([false, true, true, false])
  lease.renew(1060, 60)
  expect(lease.holds(1060)).toBe(true)
  expect(lease.isEnded).toBe(false)
  lease.end()
  expect([lease.holds(1060), lease.isEnded]).toEqual([false, true])
})
