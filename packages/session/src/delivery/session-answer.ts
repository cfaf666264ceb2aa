import type { ResponseCookie } from '@latchkey/core/adapter'

/** The answer of a session verb: the same bytes in every framework. A verb throws a refusal as an `AuthError`. */
export interface SessionAnswer {
  /** The HTTP status. 303 redirects a form that was posted. */
  readonly status: 200 | 204 | 303
  /** The header fields without `Set-Cookie`, with names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The cookies to set with the framework's own functions, beside those of the app. */
  readonly cookies: readonly ResponseCookie[]
  /** The serialized body; empty with 204 and 303. */
  readonly body: string
}

/** No cache may store the answer of a session verb. */
const noStore: Readonly<Record<string, string>> = { 'cache-control': 'no-store' }

/** Makes a 200 with a JSON body. */
export function jsonAnswer(body: object, cookies: readonly ResponseCookie[] = []): SessionAnswer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json', ...noStore },
    cookies,
    body: JSON.stringify(body),
  }
}

/** Makes a 204. */
export function emptyAnswer(cookies: readonly ResponseCookie[] = []): SessionAnswer {
  return { status: 204, headers: noStore, cookies, body: '' }
}

/** Makes a 303 to a path of this app, with the cookies and fields of another answer, for pages without script. */
export function redirectAnswer(path: string, { cookies, headers }: SessionAnswer): SessionAnswer {
  const { 'content-type': _type, ...others } = headers
  return { status: 303, headers: { location: path, ...others }, cookies, body: '' }
}
