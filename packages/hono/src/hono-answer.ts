import type { AuthError } from '@latchkey/core'
import {
  type AnswerOptions,
  cacheFields,
  type Denial,
  denialOf,
  isUncached,
  type ResponseCookie,
  type ResponseExtras,
  settleFields,
} from '@latchkey/core/adapter'
import type { SessionAnswer } from '@latchkey/session'
import type { Context, Next } from 'hono'
import { setCookie } from 'hono/cookie'
import type { StatusCode } from 'hono/utils/http-status'
import { overUpgrade } from './hono-upgrade.js'

/** Answers a refused request in place of the library; see `HonoAuthOptions`. */
export type OnDeny = (error: AuthError, c: Context) => Response | Promise<Response>

/** Refuses a request; what goes with the decision goes on the response. */
export type Deny = (error: AuthError, c: Context, extras?: ResponseExtras) => Promise<Response>

/** The one way in which guards and session verbs refuse. */
export function createDeny({ realm, onDeny }: AnswerOptions<OnDeny>): Deny {
  // Through the context, so that header fields set before (CORS, say, or the app's own cookies) are kept.
  const refuse = onDeny ?? ((error, c) => respond(c, denialOf(error, realm)))
  return async (error, c, extras) => {
    try {
      const refusal = await refuse(error, c)
      if (extras === undefined) return overUpgrade(c, refusal)
      c.res = refusal
    } catch (thrown) {
      return failWith(c, thrown, extras)
    }
    addExtras(c, extras)
    return overUpgrade(c, c.res)
  }
}

/** Answers as a session verb decided. What an app-wide default said about caching goes where tokens are set. */
export function answerResponse(c: Context, { cookies, ...answer }: SessionAnswer): Response {
  for (const cookie of cookies) addCookie(c, cookie)
  // Also where middleware has looked at `c.res`, whose fields Hono puts over those of the answer.
  keepUncached(c, answer.headers['cache-control'])
  return respond(c, answer)
}

function keepUncached(c: Context, cacheControl = 'no-store'): void {
  for (const name of cacheFields) c.header(name, undefined)
  c.header('cache-control', cacheControl)
}

/** Throws on to the app's error handler; what goes with the decision goes with its answer, which it makes from the context. */
export function failWith(c: Context, thrown: unknown, { headers = {}, cookies = [] }: ResponseExtras = {}): never {
  for (const [name, value] of Object.entries(headers)) c.header(name, value)
  for (const cookie of cookies) addCookie(c, cookie)
  if (cookies.length > 0) keepUncached(c)
  throw thrown
}

/** Puts a refresh's part on the response that came of the request: the last word within the guard. */
export function addExtras(c: Context, extras: ResponseExtras): void {
  // A copy, since a response's fields may be sealed; without the first in its place, whose fields Hono would put over these.
  const response = new Response(c.res.body, c.res)
  const missing = settleFields(response.headers, extras)
  c.res = undefined
  c.res = response
  for (const cookie of missing) addCookie(c, cookie)
}

/**
 * Keeps what is answered to a cookie-borne identity out of shared caches. Said before the handler, so that it takes the place
 * of an app-wide default and the handler's word takes its place; and after it, for a response of the handler's own making.
 */
export async function nextInPrivate(c: Context, next: Next): Promise<void> {
  // The context tells its fields only by a response.
  if (!isUncached(c.newResponse(null).headers.get('cache-control'))) c.header('cache-control', 'private')
  for (const name of cacheFields) c.header(name, undefined)
  await next()
  if (!c.res.headers.has('cache-control')) c.header('cache-control', 'private')
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
