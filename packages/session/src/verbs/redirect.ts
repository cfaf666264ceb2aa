import { AuthError } from '@latchkey/core'

/** Whether a text is visible ASCII without a backslash, beginning with one slash: nothing that a browser could take for another host. */
export function isOwnPath(text: unknown): text is string {
  return typeof text === 'string' && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text)
}

/**
 * Checks where a page without script is sent to. User input reaches it, so it is a path on this origin or nothing.
 *
 * @throws AuthError `request_malformed`, reason `redirect_not_a_path`
 */
export function readRedirect(redirect: unknown): string | undefined {
  if (redirect === undefined) return undefined
  if (isOwnPath(redirect)) return redirect
  throw new AuthError('request_malformed', { reason: 'redirect_not_a_path' })
}
