import { describe, expect, test } from 'vitest'
import type { Auth } from '../auth.js'
import { ConfigError } from '../config-error.js'
import { optionalStoredAuth, requireStoredAuth } from './stored-auth.js'

const auth: Auth = { claims: { iss: 'https://id.example', exp: 1 }, scope: [], roles: [], source: 'header', token: 't' }

describe('requireStoredAuth', () => {
  test('gives what the guard stored', () => {
    expect(requireStoredAuth(auth)).toBe(auth)
  })

  test('says that no guard ran', () => {
    expect(() => requireStoredAuth(undefined)).toThrow(ConfigError)
    expect(() => requireStoredAuth(undefined)).toThrow(/^getAuth: no guard/)
  })

  test('says that nobody is signed in, and what to read instead', () => {
    expect(() => requireStoredAuth(null)).toThrow(ConfigError)
    expect(() => requireStoredAuth(null)).toThrow(/getOptionalAuth/)
  })
})

describe('optionalStoredAuth', () => {
  test('gives what the guard stored, null included', () => {
    expect(optionalStoredAuth(auth)).toBe(auth)
    expect(optionalStoredAuth(null)).toBeNull()
  })

  test('says that no guard ran', () => {
    expect(() => optionalStoredAuth(undefined)).toThrow(ConfigError)
    expect(() => optionalStoredAuth(undefined)).toThrow(/^getOptionalAuth: no guard/)
  })
})
