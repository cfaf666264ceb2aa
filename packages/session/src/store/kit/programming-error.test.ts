import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { isProgrammingError } from './programming-error.js'

/** Of this realm and of another, as a test runner or a `node:vm` has it. */
const realms = { here: (code: string) => runInNewContext(code, { Error, TypeError }), elsewhere: runInNewContext }

test.each(Object.entries(realms))('tells a mistake from a server that is away: errors from %s', (_where, run) => {
  expect(isProgrammingError(run('new TypeError("x is not a function")'))).toBe(true)
  expect(isProgrammingError(run('Object.assign(new Error("connect"), { code: "ECONNREFUSED" })'))).toBe(false)
})

test('what is no error at all is a mistake', () => {
  for (const thrown of [undefined, 'text', { message: 'like one' }]) expect(isProgrammingError(thrown)).toBe(true)
})
