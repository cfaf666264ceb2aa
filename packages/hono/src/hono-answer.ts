import type { AuthError } from '@latchkey/core'
import {
  type AnswerOptions,
  cacheFields,
  type Decision,
  type Denial,
  denialOf,
  isUncached,
  type ResponseCookie,
  type ResponseExtras,
  settleResponse,
} from '@latchkey/core/adapter'
import type { SessionAnswer } from '@latchkey/session'
import type { Context, Next } from 'hono'
import { setCookie } from 'hono/cookie'
import type { StatusCode } from 'hono/utils/http-status'
import { overUpgrade } from './hono-upgrade.js'

/** Answers a refused request in place of the library; see `HonoAuthOptions`. */
export type OnDeny = (error: AuthError, c: Context) => Response | Promise<Response>

/** Refuses a request, and puts on the response what goes with the decision. */
export type Deny = (error: AuthError, c: Context, extras?: ResponseExtras) => Promise<Response>

/** Makes the one way in which guards and session verbs refuse. */
export function createDeny({ realm, onDeny }: AnswerOptions<OnDeny>): Deny {
  // By the context, so that header fields from before (CORS, say, or the app's own cookies) are kept.
  const refuse = onDeny ?? ((error, c) => respond(c, denialOf(error, realm)))
  return async (error, c, extras) => {
    try {
      const refusal = await refuse(error, c)
      if (extras === undefined) return overUpgrade(c, refusal)
      c.res = refusal
    } catch (thrown) {
      return failWith(c, thrown, extras)
    }
    settle(c, { allow: false, error, response: extras })
    return overUpgrade(c, c.res)
  }
}

/** Answers as a session verb decided. Its word about caching replaces what the app says by default. */
export function answerResponse({ cookies, ...answer }: SessionAnswer, c: Context): Response {
  for (const cookie of cookies) addCookie(c, cookie)
  // Also where middleware has looked at `c.res`, whose fields Hono puts over those of the answer.
  keepUncached(c, answer.headers['cache-control'])
  return respond(c, answer)
}

function keepUncached(c: Context, cacheControl = 'no-store'): void {
  for (const name of cacheFields) c.header(name, undefined)
  c.header('cache-control', cacheControl)
}

/** Throws to the app's error handler, which answers from the context: what goes with the decision is put there. */
export function failWith(c: Context, thrown: unknown, { headers = {}, cookies = [] }: ResponseExtras = {}): never {
  for (const [name, value] of Object.entries(headers)) c.header(name, value)
  for (const cookie of cookies) addCookie(c, cookie)
  if (cookies.length > 0) keepUncached(c)
  throw thrown
}

/** Goes on, and puts what the decision says on the response that comes of it, also one that the handler made itself. */
export async function nextAndSettle(c: Context, next: Next, decision: Decision<object>): Promise<void> {
  if (decision.allow && decision.auth?.source === 'cookie') {
    // Before the handler: it replaces the app's default, and the handler's word replaces it. Only a response tells the context's fields.
    if (!isUncached(c.newResponse(null).headers.get('cache-control'))) c.header('cache-control', 'private')
    for (const name of cacheFields) c.header(name, undefined)
  }
  await next()
  settle(c, decision)
}

function settle(c: Context, decision: Decision<object>): void {
  const settled = settleResponse(c.res, decision)
  if (settled === c.res) return
  // Without the first in its place, whose fields Hono would put over these.
  c.res = undefined
  c.res = settled
}

function addCookie(c: Context, { name, value, domain, ...attributes }: ResponseCookie): void {
  setCookie(c, name, value, { ...attributes, httpOnly: true, ...(domain === undefined ? {} : { domain }) })
}

/** Makes a response of these fields and this body, beside the fields that the context has. */
export function respond(c: Context, { status, headers, body }: Denial): Response {
  if (body === '') return c.newResponse(null, status as StatusCode, { ...headers })
  const bytes = new TextEncoder().encode(body)
  return c.newResponse(bytes, status as StatusCode, { ...headers, 'content-length': String(bytes.length) })
}
