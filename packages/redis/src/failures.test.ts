import { runInNewContext } from 'node:vm'
import { StoreUnavailableError } from '@latchkey/session'
import { expect, test } from 'vitest'
import { asStoreError, replyCode } from './failures.js'

/** Of this realm and of another, as a test runner or a `node:vm` has it. */
const realms = { here: (code: string) => runInNewContext(code, { Error, TypeError }), elsewhere: runInNewContext }

test.each(Object.entries(realms))(
  "what the server answers is told from the client's mistakes: errors from %s",
  (_where, run) => {
    const loading = run('new Error("LOADING Redis is loading the dataset in memory")')
    expect(replyCode(loading)).toBe('LOADING')
    expect(asStoreError(loading)).toBeInstanceOf(StoreUnavailableError)
    const wrong = run('new Error("WRONGTYPE Operation against a key")')
    expect(asStoreError(wrong)).toBe(wrong)
    const mistake = run('new TypeError("x is not a function")')
    expect(asStoreError(mistake)).toBe(mistake)
    expect(asStoreError(run('Object.assign(new Error("connect"), { code: "ECONNREFUSED" })'))).toBeInstanceOf(
      StoreUnavailableError,
    )
  },
)
