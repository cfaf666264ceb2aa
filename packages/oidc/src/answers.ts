import { AuthError } from '@latchkey/core'
import type { ResponseCookie } from '@latchkey/core/adapter'
import type { SessionAnswer } from '@latchkey/session'

const noStore = { 'cache-control': 'no-store' }

/** A 303, with cookies on the way. */
export function seeOther(location: string, cookies: readonly ResponseCookie[]): SessionAnswer {
  return { status: 303, headers: { location, ...noStore }, cookies, body: '' }
}

/** A 200 without a body. */
export const done: SessionAnswer = { status: 200, headers: noStore, cookies: [], body: '' }

/** One slash, then visible ASCII without a backslash: nothing that a browser could take for another host. */
const path = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/

/**
 * Where the browser goes after log-in: user input, and a path on this origin or nothing.
 *
 * @throws AuthError `request_malformed`, reason `redirect_not_a_path`
 */
export function readReturnTo(url: string): string {
  const given = new URL(url).searchParams.getAll('returnTo')
  const [returnTo = '/'] = given
  // Kept in a cookie, which has an end.
  if (given.length > 1 || returnTo.length > 1024 || !path.test(returnTo)) {
    throw new AuthError('request_malformed', { reason: 'redirect_not_a_path' })
  }
  return returnTo
}
