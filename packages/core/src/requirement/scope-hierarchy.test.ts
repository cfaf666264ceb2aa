import { expect, it } from 'vitest'
import { ConfigError } from '../config-error.js'
import { closeHierarchy } from './scope-hierarchy.js'

it('closes transitively and leaves a scope itself out', () => {
  const closed = closeHierarchy({ a: ['b'], b: ['c'], c: ['a'] })
  expect(closed.get('a')).toEqual(['b', 'c'])
  expect(closed.get('c')).toEqual(['a', 'b'])
})

it('implies nothing by default', () => {
  expect(closeHierarchy(undefined).size).toBe(0)
})

it.each([[], 'a', null, { a: [] }, { a: 'b' }, { a: ['b c'] }, { 'a b': ['c'] }, { a: [5] }])(
  'refuses %j',
  (implies) => {
    expect(() => closeHierarchy(implies as never)).toThrow(ConfigError)
  },
)
