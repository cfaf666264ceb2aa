import { expect, test } from 'vitest'
import { LostReplies } from './lost-store-replies.js'

const clock = () => 1_800_000_000

test('remembers so many, and forgets the oldest for one more', () => {
  const lost = new LostReplies(10, clock, 2)
  for (const name of ['first', 'second', 'third']) lost.remember(name, `after ${name}`)
  expect(['first', 'second', 'third'].map((name) => lost.take(name))).toEqual([
    undefined,
    'after second',
    'after third',
  ])
})

test('remembers 10,000 by default', () => {
  const lost = new LostReplies(10, clock)
  for (let count = 0; count <= 10_000; count++) lost.remember(`token ${count}`, `after ${count}`)
  expect([lost.take('token 0'), lost.take('token 1')]).toEqual([undefined, 'after 1'])
})
