import { describe, expect, it } from 'vitest'
import { isTokenFieldName, readField } from './field.js'

describe('readField', () => {
  it.each(['abc', 'Bearer abc', '"abc"', 'a b', 'a%2Eb', 'abc;def'])('takes %j as it is', (value) => {
    expect(readField(value)).toEqual({ token: value })
  })

  it('finds no token where there is no value', () => {
    expect(readField(undefined)).toBeUndefined()
    expect(readField('')).toBeUndefined()
  })

  it.each(['abc, abc', 'abc,', ',', ', '])('refuses %j, which stood in several fields', (value) => {
    expect(readField(value)).toBe('token_repeated')
  })
})

describe('isTokenFieldName', () => {
  it.each(['cf-access-jwt-assertion', 'X-Goog-IAP-JWT-Assertion', 'a'])('takes %j', (name) => {
    expect(isTokenFieldName(name)).toBe(true)
  })

  it.each(['authorization', 'Authorization', 'cookie', 'COOKIE', '', 'a b', 'a:', 'é', undefined, 5])(
    'refuses %j',
    (name) => {
      expect(isTokenFieldName(name)).toBe(false)
    },
  )
})
