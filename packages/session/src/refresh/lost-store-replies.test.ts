import { expect, test } from 'vitest'
import { LostReplies } from './lost-store-replies.js'

const clock = () => 1_800_000_000

test('remembers so many, and forgets the oldest for one more', () => {
  const lost = new LostReplies(10, clock, 2)
  for (const name of ['first', 'second', 'third']) lost.remember(name, `hash of ${name}`, `after ${name}`)
  expect(['first', 'second', 'third'].map((name) => lost.take(name, name))).toEqual([
    undefined,
    'after second',
    'after third',
  ])
})

test('remembers 10,000 by default', () => {
  const lost = new LostReplies(10, clock)
  for (let count = 0; count <= 10_000; count++) lost.remember(`token ${count}`, 'hash', `after ${count}`)
  expect([lost.take('token 0', ''), lost.take('token 1', '')]).toEqual([undefined, 'after 1'])
})

test('remembers ten successors of a token, and gives the one that is live', () => {
  const lost = new LostReplies(10, clock)
  for (let count = 1; count <= 11; count++) lost.remember('token', `hash ${count}`, `successor ${count}`)
  expect(['token', 'hash 10', 'hash 11'].map((live) => lost.take('token', live))).toEqual([
    'successor 1',
    'successor 10',
    'successor 1',
  ])
})
