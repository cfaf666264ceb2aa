/** A character of a token (RFC 9110 §5.6.2), for a regular expression. */
export const tchar = "[!#$%&'*+.^_`|~0-9A-Za-z-]"

const token = new RegExp(`^${tchar}+$`)

/** Whether a value is a token (RFC 9110 §5.6.2), the form of the names of header fields and cookies. */
export function isHttpToken(value: unknown): value is string {
  return typeof value === 'string' && token.test(value)
}
