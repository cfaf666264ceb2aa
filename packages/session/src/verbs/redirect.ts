import { AuthError } from '@latchkey/core'

/** Whether a text is a path on this origin: visible ASCII without a backslash, with exactly one slash at the start. */
export function isOwnPath(text: unknown): text is string {
  return typeof text === 'string' && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text)
}

/**
 * Checks a `redirect`. It may come from user input, so it must be a path on this origin.
 *
 * @returns the path; undefined if none is given
 * @throws AuthError `request_malformed`, reason `redirect_not_a_path`
 */
export function readRedirect(redirect: unknown): string | undefined {
  if (redirect === undefined) return undefined
  if (isOwnPath(redirect)) return redirect
  throw new AuthError('request_malformed', { reason: 'redirect_not_a_path' })
}
