import type { AuthErrorCode } from '../error-codes.js'
import { isHttpToken } from '../http-token.js'
import { trimOptionalWhiteSpace } from './optional-white-space.js'

/**
 * Reads one cookie from the combined value of `Cookie` (RFC 6265 §4.2). The name is compared byte for byte. Spaces and tabs
 * around name and value do not belong to them. The value is neither unquoted nor percent-decoded. An empty value is not a
 * token. The same name with different values, also an empty one, is `token_repeated`, because nobody can say which one was
 * meant.
 *
 * @returns the value, undefined if there is none, or the code of the refusal
 */
export function readCookie(
  value: string | undefined,
  name: string,
): { readonly token: string } | AuthErrorCode | undefined {
  if (value === undefined || !value.includes(name)) return undefined
  let found: string | undefined
  for (const pair of value.split(';')) {
    const equals = pair.indexOf('=')
    if (equals === -1 || trimOptionalWhiteSpace(pair.slice(0, equals)) !== name) continue
    const content = trimOptionalWhiteSpace(pair.slice(equals + 1))
    if (found !== undefined && found !== content) return 'token_repeated'
    found = content
  }
  return found === undefined || found === '' ? undefined : { token: found }
}

/** Whether a browser would send a cookie of this name: it is a token (RFC 6265 §4.1.1). */
export function isCookieName(name: unknown): name is string {
  return isHttpToken(name)
}
