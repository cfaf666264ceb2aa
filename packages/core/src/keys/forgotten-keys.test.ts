import { expect, test } from 'vitest'
import { ecKey } from '../../test/scripted-endpoint.js'
import { ForgottenKeys } from './forgotten-keys.js'
import { checkJwk, type Jwk } from './jwk.js'
import type { VerificationKey } from './verification-key.js'

function checked(...jwks: Jwk[]): VerificationKey[] {
  return jwks.map((jwk) => checkJwk(jwk)).filter((key) => typeof key !== 'string')
}

test('nothing forgotten, everything admitted', () => {
  const keys = checked(ecKey('a'), ecKey(undefined, 1))
  expect(new ForgottenKeys().admit(keys)).toBe(keys)
})

test('a forgotten key does not come back, not even under another alg; a different one under its kid is welcome', () => {
  const forgotten = new ForgottenKeys()
  forgotten.forget('a', checked(ecKey('a')))
  const [same, otherAlg, different, other, nameless] = checked(
    ecKey('a'),
    ecKey('a', 0, { alg: 'ES256' }),
    ecKey('a', 1),
    ecKey('b', 2),
    ecKey(undefined, 3),
  )
  const keys = [same, otherAlg, different, other, nameless].filter((key) => key !== undefined)
  expect(forgotten.admit(keys)).toEqual([different, other, nameless])
})

test('every key that was forgotten under a kid stays forgotten', () => {
  const forgotten = new ForgottenKeys()
  forgotten.forget('a', checked(ecKey('a')))
  forgotten.forget('a', checked(ecKey('a', 1)))
  expect(forgotten.admit(checked(ecKey('a')))).toEqual([])
  expect(forgotten.admit(checked(ecKey('a', 1)))).toEqual([])
  expect(forgotten.admit(checked(ecKey('a', 2)))).toHaveLength(1)
})

test('a kid forgotten before any key was seen under it means the first that comes', () => {
  const forgotten = new ForgottenKeys()
  forgotten.forget('a', [])
  expect(forgotten.admit(checked(ecKey('b', 1)))).toHaveLength(1)
  expect(forgotten.admit(checked(ecKey('a'), ecKey('a', 1)))).toEqual([])
  expect(forgotten.admit(checked(ecKey('a')))).toEqual([])
  expect(forgotten.admit(checked(ecKey('a', 2)))).toHaveLength(1)
})

test('the key is meant, not its name: under another kid or none it stays forgotten', () => {
  const forgotten = new ForgottenKeys()
  forgotten.forget('a', checked(ecKey('a'), ecKey('b', 1)))
  expect(forgotten.admit(checked(ecKey('renamed'), ecKey(undefined)))).toEqual([])
  expect(forgotten.admit(checked(ecKey('b', 1)))).toHaveLength(1)
})

test('forgetting a kid again, when its key has left the set, does not mean the next one', () => {
  const forgotten = new ForgottenKeys()
  forgotten.forget('a', checked(ecKey('a')))
  forgotten.forget('a', [])
  expect(forgotten.admit(checked(ecKey('a', 1)))).toHaveLength(1)
})

test('can begin with kids of which no key was seen', () => {
  const forgotten = new ForgottenKeys(['a'])
  expect(forgotten.admit(checked(ecKey('a'), ecKey('b', 1)))).toHaveLength(1)
  expect(forgotten.admit(checked(ecKey('c')))).toEqual([])
})
