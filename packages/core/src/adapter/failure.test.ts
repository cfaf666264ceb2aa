import { expect, test } from 'vitest'
import { failureOf } from './failure.js'

test('hands an error on as it is', () => {
  const error = new TypeError('x')
  expect(failureOf(error)).toBe(error)
})

test.each([undefined, null, false, '', 0, 'route'])('makes an error of %j', (thrown) => {
  expect(failureOf(thrown)).toBeInstanceOf(Error)
  expect(failureOf(thrown).cause).toBe(thrown)
})
