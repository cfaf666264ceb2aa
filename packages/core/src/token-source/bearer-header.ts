import type { AuthErrorCode } from '../auth-error.js'
import { trimOptionalWhiteSpace } from './optional-white-space.js'

// tchar, the characters of an authentication scheme's name (RFC 9110 §5.6.2, §11.1).
const tchar = "[!#$%&'*+.^_`|~0-9A-Za-z-]"
const bearerScheme = new RegExp(`^bearer(?!${tchar})`, 'i')
/** `Bearer` 1*SP b64token (RFC 6750 §2.1). */
const bearerCredentials = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i
/** The start of another scheme's credentials; what is neither this nor Bearer belongs to what came before it. */
const otherScheme = new RegExp(`^${tchar}+ +[^ =]`)

/**
 * Reads the Bearer token from the combined value of `Authorization`. Two fields and one field with a comma are the same
 * (RFC 9110 §5.2), so the value is read as a list. A scheme that is not Bearer is not a token; more than one Bearer
 * credential is `token_repeated`; one that is not `1*SP b64token` is `request_malformed`.
 *
 * @returns the token, undefined where there is none, or the refusal's code
 */
export function readBearerHeader(value: string | undefined): { readonly token: string } | AuthErrorCode | undefined {
  if (value === undefined) return undefined
  const whole = bearerCredentials.exec(value)
  if (whole?.[1] !== undefined) return { token: whole[1] }

  const credentials = splitCredentials(value).filter((each) => bearerScheme.test(each))
  if (credentials.length === 0) return undefined
  if (credentials.length > 1) return 'token_repeated'
  const token = bearerCredentials.exec(credentials[0] ?? '')?.[1]
  return token === undefined ? 'request_malformed' : { token }
}

/** Splits at the commas that stand outside a quoted string and before another credential. */
function splitCredentials(value: string): string[] {
  const credentials: string[] = []
  for (const element of value.match(/(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g) ?? []) {
    const text = trimOptionalWhiteSpace(element)
    // Empty elements count for nothing (RFC 9110 §5.6.1.2).
    if (text === '') continue
    if (credentials.length === 0 || bearerScheme.test(text) || otherScheme.test(text)) credentials.push(text)
    else credentials[credentials.length - 1] += `,${text}`
  }
  return credentials
}
