import { expect, it } from 'vitest'
import { isTooDeep } from './depth.js'

function nested(levels: number, wrap: (inner: unknown) => object): object {
  let value = wrap(1)
  for (let level = 1; level < levels; level++) value = wrap(value)
  return value
}

it.each([
  ['objects', (inner: unknown) => ({ inner })],
  ['lists', (inner: unknown) => [inner]],
  ['the last of many members', (inner: unknown) => ({ a: 1, b: null, inner })],
])('takes 64 levels of %s and no more', (_what, wrap) => {
  expect(isTooDeep(nested(64, wrap))).toBe(false)
  expect(isTooDeep(nested(65, wrap))).toBe(true)
  expect(isTooDeep(nested(5000, wrap))).toBe(true)
})
