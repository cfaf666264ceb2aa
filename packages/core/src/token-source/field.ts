import type { AuthErrorCode } from '../error-codes.js'
import { isHttpToken } from '../http-token.js'

/**
 * Reads the token from the combined value of a header field that holds nothing else: no scheme, no quotes, no encoding. An
 * empty value is not a token. No token contains a comma, so a comma separates the values of several fields (RFC 9110 §5.2):
 * `token_repeated`.
 */
export function readField(value: string | undefined): { readonly token: string } | AuthErrorCode | undefined {
  if (value === undefined || value === '') return undefined
  return value.includes(',') ? 'token_repeated' : { token: value }
}

/**
 * Whether a field of this name can hold a bare token. Any field can (RFC 9110 §5.1), except `Authorization` and `Cookie`, which
 * have a form of their own.
 */
export function isTokenFieldName(name: unknown): name is string {
  return isHttpToken(name) && !['authorization', 'cookie'].includes(name.toLowerCase())
}
