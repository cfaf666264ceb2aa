import { AuthError } from '@latchkey/core'
import type { RequestView, ResponseCookie } from '@latchkey/core/adapter'
import type { SessionAnswer } from '@latchkey/session'
import { isOwnPath } from '@latchkey/session/adapter'

const noStore = { 'cache-control': 'no-store' }

/** Makes a 303 with cookies. */
export function seeOther(location: string, cookies: readonly ResponseCookie[]): SessionAnswer {
  return { status: 303, headers: { location, ...noStore }, cookies, body: '' }
}

/** The answer 200 without a body. */
export const done: SessionAnswer = { status: 200, headers: noStore, cookies: [], body: '' }

/** Gives the query of a request, with its question mark; empty if there is none. It parses nothing else of the URL. */
export function queryOf(view: RequestView): string {
  return /\?[^#]*/.exec(view.url())?.[0] ?? ''
}

/**
 * Reads where the browser goes after the log-in. This is user input, so it must be a path on this origin. Default: `/`.
 *
 * @throws AuthError `request_malformed`, reason `redirect_not_a_path`
 */
export function readReturnTo(view: RequestView): string {
  const given = new URLSearchParams(queryOf(view)).getAll('returnTo')
  const [returnTo = '/'] = given
  // Limited, because a cookie keeps it.
  if (given.length > 1 || returnTo.length > 1024 || !isOwnPath(returnTo)) {
    throw new AuthError('request_malformed', { reason: 'redirect_not_a_path' })
  }
  return returnTo
}
