import { runInNewContext } from 'node:vm'
import { StoreUnavailableError } from '@latchkey/session'
import { expect, test } from 'vitest'
import { asStoreError, isTransient } from './failures.js'

/** Of this realm and of another, as a test runner or a `node:vm` has it. */
const realms = { here: (code: string) => runInNewContext(code, { Error, TypeError }), elsewhere: runInNewContext }

test.each(Object.entries(realms))('SQLSTATE decides what a failed statement is: errors from %s', (_where, run) => {
  const answered = (code: string) => run(`Object.assign(new Error("answer"), { severity: "ERROR", code: "${code}" })`)
  expect([isTransient(answered('40P01')), isTransient(answered('42P01'))]).toEqual([true, false])
  expect(asStoreError(answered('57P01'))).toBeInstanceOf(StoreUnavailableError)
  const wrong = answered('42P01')
  expect(asStoreError(wrong)).toBe(wrong)
  const mistake = run('new TypeError("x is not a function")')
  expect(asStoreError(mistake)).toBe(mistake)
  // A socket's error has a code too, but no severity.
  expect(asStoreError(run('Object.assign(new Error("connect"), { code: "40001" })'))).toBeInstanceOf(
    StoreUnavailableError,
  )
})
