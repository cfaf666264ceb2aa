import { expect, it } from 'vitest'
import { deepFreeze, freezeCopies } from './deep-freeze.js'

it('freezes objects and lists to the last level', () => {
  const value = deepFreeze({ a: { b: [{ c: 1 }] }, d: null, e: 'text' })
  for (const part of [value, value.a, value.a.b, value.a.b[0]]) expect(Object.isFrozen(part)).toBe(true)
})

it('freezes what a schema copied, and nothing else', () => {
  const original = { roles: ['a'], profile: { plan: { id: 1 }, tags: ['x'] }, org: { id: 7 }, when: {}, n: 1 }
  const output = {
    roles: ['a'],
    profile: { plan: { id: 1, seats: 5 }, tags: ['x'] },
    org: { id: 7, members: [] },
    when: new Map(),
    n: { own: true },
    own: {},
  }
  freezeCopies(output, original)
  expect(Object.isFrozen(output.roles)).toBe(true)
  expect(Object.isFrozen(output.profile.tags)).toBe(true)
  const open = [
    output,
    output.profile,
    output.profile.plan,
    output.org,
    output.org.members,
    output.when,
    output.n,
    output.own,
  ]
  for (const part of open) expect(Object.isFrozen(part)).toBe(false)
})
