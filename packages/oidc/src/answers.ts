import { AuthError } from '@latchkey/core'
import type { RequestView, ResponseCookie } from '@latchkey/core/adapter'
import type { SessionAnswer } from '@latchkey/session'
import { isOwnPath } from '@latchkey/session/adapter'

const noStore = { 'cache-control': 'no-store' }

/** A 303, with cookies on the way. */
export function seeOther(location: string, cookies: readonly ResponseCookie[]): SessionAnswer {
  return { status: 303, headers: { location, ...noStore }, cookies, body: '' }
}

/** A 200 without a body. */
export const done: SessionAnswer = { status: 200, headers: noStore, cookies: [], body: '' }

/** The query of a request, with its question mark; empty where there is none. What else a client says of the URL is not parsed. */
export function queryOf(view: RequestView): string {
  return /\?[^#]*/.exec(view.url())?.[0] ?? ''
}

/**
 * Where the browser goes after log-in: user input, and a path on this origin or nothing.
 *
 * @throws AuthError `request_malformed`, reason `redirect_not_a_path`
 */
export function readReturnTo(view: RequestView): string {
  const given = new URLSearchParams(queryOf(view)).getAll('returnTo')
  const [returnTo = '/'] = given
  // Kept in a cookie, which has an end.
  if (given.length > 1 || returnTo.length > 1024 || !isOwnPath(returnTo)) {
    throw new AuthError('request_malformed', { reason: 'redirect_not_a_path' })
  }
  return returnTo
}
