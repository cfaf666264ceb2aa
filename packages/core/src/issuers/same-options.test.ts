import { describe, expect, it } from 'vitest'
import { createKeySet } from '../keys/shared-key-set.js'
import { copyOf, isSame } from './same-options.js'

const check = () => false
const jwksUri = 'https://id.example/jwks'
const keys = createKeySet({ jwksUri })

describe('options are the same', () => {
  it.each<[unknown, unknown]>([
    [{}, {}],
    [
      { a: 1, b: ['x', { c: null }] },
      { b: ['x', { c: null }], a: 1 },
    ],
    [{ secret: Uint8Array.of(1, 2) }, { secret: Uint8Array.of(1, 2) }],
    [{ isRevoked: check }, { isRevoked: check }],
    [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    [Number.NaN, Number.NaN],
    [{ keys }, { keys }],
  ])('%j and %j', (a, b) => {
    expect(isSame(a, b)).toBe(true)
    expect(isSame(copyOf(a), b)).toBe(true)
  })
})

describe('options differ', () => {
  it.each<[unknown, unknown]>([
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, {}],
    [{}, { a: 1 }],
    [{ a: undefined }, { b: undefined }],
    [['a'], { 0: 'a' }],
    [
      ['a', 'b'],
      ['b', 'a'],
    ],
    [{ secret: Uint8Array.of(1) }, { secret: Uint8Array.of(2) }],
    [{ isRevoked: () => false }, { isRevoked: () => false }],
    [new Map([[1, 1]]), new Map([[1, 1]])],
    [null, {}],
    ['a', ['a']],
    // Two that are fetched from the same place, perhaps by other means.
    [{ keys }, { keys: createKeySet({ jwksUri }) }],
  ])('%j and %j', (a, b) => {
    expect(isSame(a, b)).toBe(false)
    expect(isSame(b, a)).toBe(false)
  })
})

it('a copy does not follow its original', () => {
  const options = { audience: ['a'], secret: Uint8Array.of(1), jwks: { keys: [{ kid: 'k' }] } }
  const copy = copyOf(options)
  options.audience.push('b')
  expect(isSame(copy, options)).toBe(false)
  options.audience.pop()
  expect(isSame(copy, options)).toBe(true)
  options.secret[0] = 2
  expect(isSame(copy, options)).toBe(false)
})
