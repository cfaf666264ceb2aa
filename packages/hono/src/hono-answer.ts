import type { AuthError } from '@latchkey/core'
import { denialOf } from '@latchkey/core/adapter'
import type { SessionAnswer } from '@latchkey/session'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** Answers a refused request in place of the library; see `HonoAuthOptions`. */
export type OnDeny = (error: AuthError, c: Context) => Response | Promise<Response>

/** The one way in which guards and session verbs refuse. */
export function createDeny(realm: string | undefined, onDeny: OnDeny | undefined): OnDeny {
  return onDeny ?? ((error, c) => denialResponse(c, error, realm))
}

// Through the context, so that header fields set before (CORS, say, or the app's own cookies) are kept.
function denialResponse(c: Context, error: AuthError, realm: string | undefined): Response {
  const { status, headers, body } = denialOf(error, realm)
  return textResponse(c, status, headers, body)
}

/** Answers as a session verb decided. */
export function answerResponse(c: Context, { status, headers, setCookie, body }: SessionAnswer): Response {
  appendCookies(c, setCookie)
  return status === 204 ? c.body(null, status, headers) : textResponse(c, status, headers, body)
}

/** Beside the cookies that the app sets. */
export function appendCookies(c: Context, setCookie: readonly string[]): void {
  for (const cookie of setCookie) c.header('set-cookie', cookie, { append: true })
}

function textResponse(c: Context, status: number, headers: Readonly<Record<string, string>>, body: string): Response {
  const bytes = new TextEncoder().encode(body)
  return c.body(bytes, status as ContentfulStatusCode, { ...headers, 'content-length': String(bytes.length) })
}
