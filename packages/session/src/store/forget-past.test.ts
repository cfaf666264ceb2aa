import { expect, it } from 'vitest'
import { forgetPast } from './forget-past.js'

it('forgets what has ended, up to the first that has not', () => {
  const until = new Map([
    ['ended', 10],
    ['just ended', 11],
    ['alive', 12],
    ['ended behind it', 10],
  ])
  forgetPast(until, 11)
  expect([...until.keys()]).toEqual(['alive', 'ended behind it'])
})

it('leaves nothing of a map in which all has ended', () => {
  const until = new Map([['ended', 10]])
  forgetPast(until, 10)
  expect(until.size).toBe(0)
})
