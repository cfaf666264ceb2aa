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
  setsTokens,
  settleResponse,
} from '@latchkey/core/adapter'
import type { SessionAnswer } from '@latchkey/session'
import type { Context, Next } from 'hono'
import { setCookie } from 'hono/cookie'
import type { StatusCode } from 'hono/utils/http-status'
import { overUpgrade } from './hono-upgrade.js'

/** The option `onDeny` of `honoAuth`: answers a refused request instead of the library. */
export type OnDeny = (error: AuthError, c: Context) => Response | Promise<Response>

/** Refuses a request, and adds what the decision says to the response. */
export type Deny = (error: AuthError, c: Context, extras?: ResponseExtras) => Promise<Response>

/** Makes the function with which guards and session verbs refuse requests. */
export function createDeny({ realm, onDeny }: AnswerOptions<OnDeny>): Deny {
  // Uses the context, so that header fields set before (e.g. CORS or the app's own cookies) are kept.
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

/** Sends the answer of a session verb. Its `Cache-Control` replaces the app's default. */
export function answerResponse({ cookies, ...answer }: SessionAnswer, c: Context): Response {
  for (const cookie of cookies) addCookie(c, cookie)
  // Needed if middleware has read `c.res`: Hono then puts the fields of that response over those of the answer.
  keepUncached(c, answer.headers['cache-control'])
  return respond(c, answer)
}

function keepUncached(c: Context, cacheControl = 'no-store'): void {
  for (const name of cacheFields) c.header(name, undefined)
  c.header('cache-control', cacheControl)
}

/** Throws to the app's error handler, which answers with the context. So what the decision says is added to the context. */
export function failWith(c: Context, thrown: unknown, { headers = {}, cookies = [] }: ResponseExtras = {}): never {
  for (const [name, value] of Object.entries(headers)) c.header(name, value)
  for (const cookie of cookies) addCookie(c, cookie)
  if (cookies.length > 0) keepUncached(c)
  throw thrown
}

/** Calls the handler, then adds what the decision says to the response, also to one that the handler made itself. */
export async function nextAndSettle(c: Context, next: Next, decision: Decision<object>): Promise<void> {
  if (decision.allow && decision.auth?.source === 'cookie') {
    // Set before the handler runs: it replaces the app's default, and the handler can replace it. Fields show on a response only.
    if (!isUncached(c.newResponse(null).headers.get('cache-control'))) c.header('cache-control', 'private')
    for (const name of cacheFields) c.header(name, undefined)
  }
  await next()
  settle(c, decision)
}

function settle(c: Context, decision: Decision<object>): void {
  const settled = settleResponse(c.res, decision)
  if (settled === c.res) return
  // `etag()` before the guard makes a 304 without cookies of a tag that the client has. So it gets one that nobody has.
  const isConditional = c.req.header('if-none-match') !== undefined
  if (isConditional && settled.ok && setsTokens(decision)) settled.headers.set('etag', `"${crypto.randomUUID()}"`)
  // Cleared first, because Hono would put the fields of the old response over these.
  c.res = undefined
  c.res = settled
}

function addCookie(c: Context, { name, value, domain, ...attributes }: ResponseCookie): void {
  setCookie(c, name, value, { ...attributes, httpOnly: true, ...(domain === undefined ? {} : { domain }) })
}

/** Makes a response from these fields, this body, and the fields of the context. */
export function respond(c: Context, { status, headers, body }: Denial): Response {
  if (body === '') return c.newResponse(null, status as StatusCode, { ...headers })
  const bytes = new TextEncoder().encode(body)
  return c.newResponse(bytes, status as StatusCode, { ...headers, 'content-length': String(bytes.length) })
}
