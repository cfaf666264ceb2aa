import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import type { RegisteredClaims } from '../auth.js'
import { askRevoked, type IsRevoked } from './is-revoked.js'

const claims: RegisteredClaims = { iss: 'i', exp: 1 }
const ask = (answer: () => unknown) => askRevoked(answer as IsRevoked, claims)

it('takes true and false at their word, and nothing to ask for false', () => {
  expect(ask(() => true)).toBe(true)
  expect(ask(() => false)).toBe(false)
  expect(askRevoked(undefined, claims)).toBe(false)
})

it.each([
  ['unsure', () => 'unsure'],
  ['nothing', () => undefined],
  ['null', () => null],
  ['0', () => 0],
  ['another word', () => 'no'],
  ['a promise of false', () => Promise.resolve(false)],
  ['a promise that is rejected', () => Promise.reject(new Error('down'))],
  ['a rejected promise of another realm', () => runInNewContext('Promise.reject(new Error())')],
  [
    'a throw',
    () => {
      throw new Error('down')
    },
  ],
])('is unsure where the answer is %s', async (_what, answer) => {
  expect(ask(answer)).toBe('unsure')
  // A rejection that nobody handled would stop the process by now.
  await new Promise((resolve) => setImmediate(resolve))
})
