import type { AuthError } from '@latchkey/core'
import {
  type AnswerOptions,
  cacheFields,
  type Denial,
  denialOf,
  type ResponseCookie,
  type ResponseExtras,
  settleCookies,
} from '@latchkey/core/adapter'
import type { SessionAnswer } from '@latchkey/session'
import type { Context } from 'hono'
import { setCookie } from 'hono/cookie'
import type { StatusCode } from 'hono/utils/http-status'

/** Answers a refused request in place of the library; see `HonoAuthOptions`. */
export type OnDeny = (error: AuthError, c: Context) => Response | Promise<Response>

/** The one way in which guards and session verbs refuse. */
export function createDeny({ realm, onDeny }: AnswerOptions<OnDeny>): OnDeny {
  // Through the context, so that header fields set before (CORS, say, or the app's own cookies) are kept.
  return onDeny ?? ((error, c) => respond(c, denialOf(error, realm)))
}

/** Answers as a session verb decided. What an app-wide default said about caching goes where tokens are set. */
export function answerResponse(c: Context, { cookies, ...answer }: SessionAnswer): Response {
  for (const cookie of cookies) addCookie(c, cookie)
  for (const name of cacheFields) c.header(name, undefined)
  // Also where middleware has looked at `c.res`, whose fields Hono puts over those of the answer.
  c.header('cache-control', answer.headers['cache-control'])
  return respond(c, answer)
}

/** Puts a refresh's part on the response that came of the request: the last word within the guard. */
export function addExtras(c: Context, { headers = {}, cookies = [] }: ResponseExtras): void {
  for (const [name, value] of Object.entries(headers)) c.header(name, value)
  if (cookies.length === 0) return
  const fields = c.res.headers.getSetCookie()
  const { kept, missing } = settleCookies(fields, cookies)
  if (kept.length < fields.length) {
    c.header('set-cookie', undefined)
    for (const field of kept) c.header('set-cookie', field, { append: true })
  }
  for (const cookie of missing) addCookie(c, cookie)
  c.header('cache-control', 'no-store')
  for (const name of cacheFields) c.header(name, undefined)
}

function addCookie(c: Context, { name, value, domain, ...attributes }: ResponseCookie): void {
  setCookie(c, name, value, { ...attributes, httpOnly: true, ...(domain === undefined ? {} : { domain }) })
}

/** Answers with what is said, and no more. */
export function respond(c: Context, { status, headers, body }: Denial): Response {
  if (body === '') return c.newResponse(null, status as StatusCode, { ...headers })
  const bytes = new TextEncoder().encode(body)
  return c.newResponse(bytes, status as StatusCode, { ...headers, 'content-length': String(bytes.length) })
}
