import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { failureOf } from './failure.js'

test('hands an error on as it is', () => {
  const error = new TypeError('x')
  expect(failureOf(error)).toBe(error)
  // Test runners and `node:vm` have such realms.
  const elsewhere: unknown = runInNewContext('new TypeError("x")')
  expect(failureOf(elsewhere)).toBe(elsewhere)
})

test.each([undefined, null, false, '', 0, 'route'])('makes an error of %j', (thrown) => {
  expect(failureOf(thrown)).toBeInstanceOf(Error)
  expect(failureOf(thrown).cause).toBe(thrown)
})
