import { expect, test } from 'vitest'
import { StoreUnavailableError } from '../session-store.js'
import { Deadline, withDeadline } from './with-deadline.js'

const late = expect.objectContaining({ message: 'The store did not answer in time.' })

test('a store that does not answer is unavailable, and the error says why', async () => {
  const waiting = withDeadline(new Promise(() => {}), 0.01)
  await expect(waiting).rejects.toBeInstanceOf(StoreUnavailableError)
  await expect(waiting).rejects.toMatchObject({ cause: late })
  expect(() => new Deadline(0).left()).toThrow(expect.objectContaining({ cause: late }))
})

test('an answer in time passes, and so does a failure', async () => {
  expect(await withDeadline(Promise.resolve('answer'), 60)).toBe('answer')
  const failure = new Error('refused')
  await expect(withDeadline(Promise.reject(failure), 60)).rejects.toBe(failure)
  expect(new Deadline(60).left()).toBeGreaterThan(0)
})

test('a store error without a cause shows none', () => {
  expect(Object.hasOwn(new StoreUnavailableError(), 'cause')).toBe(false)
  expect(new StoreUnavailableError('why').cause).toBe('why')
})
