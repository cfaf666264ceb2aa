import { describe, expect, it } from 'vitest'
import { AuthError } from './auth-error.js'
import { type AuthErrorCode, codeTable } from './error-codes.js'

/** The table of the wire, written out a second time on purpose: code, status, error attribute of the challenge. */
const expected: readonly (readonly [AuthErrorCode, number, string | undefined | null])[] = [
  ['token_missing', 401, undefined],
  ['request_malformed', 400, 'invalid_request'],
  ['token_repeated', 400, 'invalid_request'],
  ['token_malformed', 401, 'invalid_token'],
  ['token_rejected', 401, 'invalid_token'],
  ['token_expired', 401, 'invalid_token'],
  ['scope_insufficient', 403, 'insufficient_scope'],
  ['role_insufficient', 403, null],
  ['authorization_insufficient', 403, null],
  ['access_denied', 403, null],
  ['authentication_insufficient', 401, 'insufficient_user_authentication'],
  ['proof_rejected', 401, 'invalid_dpop_proof'],
  ['nonce_required', 401, 'use_dpop_nonce'],
  ['proof_required', 403, null],
  ['binding_rejected', 403, null],
  ['origin_rejected', 403, null],
  ['refresh_rejected', 401, null],
  ['keys_unavailable', 503, null],
  ['store_unavailable', 503, null],
]

describe('codeTable', () => {
  it('has exactly the codes of the contract', () => {
    expect(Object.keys(codeTable)).toEqual(expected.map(([code]) => code))
  })

  it.each(expected)('%s is %d with challenge %s', (code, status, challenge) => {
    expect(codeTable[code].status).toBe(status)
    expect(codeTable[code].challenge).toBe(challenge)
  })

  it('has a sentence of its own for every code', () => {
    const details = Object.values(codeTable).map((entry) => entry.detail)
    expect(new Set(details).size).toBe(details.length)
    for (const detail of details) expect(detail).toMatch(/^[A-Z][ -~]+\.$/)
  })
})

describe('AuthError', () => {
  it.each(expected)('%s carries its status and its fixed sentence', (code, status) => {
    const error = new AuthError(code)
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: 'AuthError', code, status, message: codeTable[code].detail, reason: code })
    expect(error.issuer).toBeUndefined()
    expect(error.scope).toBeUndefined()
  })

  it('carries what an operator wants to know', () => {
    const error = new AuthError('token_rejected', { reason: 'aud_mismatch', issuer: 'https://id.example' })
    expect(error).toMatchObject({ reason: 'aud_mismatch', issuer: 'https://id.example' })
    expect(new AuthError('scope_insufficient', { scope: ['read'] }).scope).toEqual(['read'])
  })

  it('has a time to retry with a 503 alone, one second by default', () => {
    expect(new AuthError('keys_unavailable').retryAfter).toBe(1)
    expect(new AuthError('store_unavailable', { retryAfter: 7.5 }).retryAfter).toBe(7.5)
    expect(new AuthError('token_expired', { retryAfter: 7.5 }).retryAfter).toBeUndefined()
  })

  it('is made without a stack, and leaves those of other errors alone', () => {
    const { stackTraceLimit } = Error
    expect(new AuthError('token_missing').stack ?? '').not.toContain('auth-error')
    expect(Error.stackTraceLimit).toBe(stackTraceLimit)
    expect(new Error('with a stack').stack).toContain('auth-error.test')
  })

  it('can be made where the limit of stacks cannot be changed', () => {
    const { stackTraceLimit } = Error
    Object.defineProperty(Error, 'stackTraceLimit', { writable: false })
    try {
      expect(new AuthError('token_missing').code).toBe('token_missing')
    } finally {
      Object.defineProperty(Error, 'stackTraceLimit', { writable: true, value: stackTraceLimit })
    }
  })
})
