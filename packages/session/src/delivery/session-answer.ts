import type { ResponseCookie } from '@latchkey/core/adapter'

/** What a session verb answers with: the same bytes in every framework. A refusal is thrown as an `AuthError` instead. */
export interface SessionAnswer {
  readonly status: 200 | 204 | 303
  /** Header fields beside `Set-Cookie`, names lower-case. */
  readonly headers: Readonly<Record<string, string>>
  /** Cookies to set by the framework's own means, beside what the app sets. */
  readonly cookies: readonly ResponseCookie[]
  /** The serialized body; empty with 204 and 303. */
  readonly body: string
}

/** Nothing that a session answers may be kept by a cache. */
const noStore: Readonly<Record<string, string>> = { 'cache-control': 'no-store' }

/** A 200 with a JSON body. */
export function jsonAnswer(body: object, cookies: readonly ResponseCookie[] = []): SessionAnswer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json', ...noStore },
    cookies,
    body: JSON.stringify(body),
  }
}

/** A 204. */
export function emptyAnswer(cookies: readonly ResponseCookie[] = []): SessionAnswer {
  return { status: 204, headers: noStore, cookies, body: '' }
}

/** A 303 to a path of ours, with the cookies and fields of another answer: for pages without script. */
export function redirectAnswer(path: string, { cookies, headers }: SessionAnswer): SessionAnswer {
  const { 'content-type': _type, ...others } = headers
  return { status: 303, headers: { location: path, ...others }, cookies, body: '' }
}
