import { AuthError } from '@latchkey/core'
import { isObject, type MaybePromise, type RequestView, readCookie } from '@latchkey/core/adapter'
import type { Cookie } from './cookies.js'
import { emptyAnswer, jsonAnswer, type SessionAnswer } from './session-answer.js'

/** The tokens that a log-in or a refresh gives out. */
interface IssuedTokens {
  readonly accessToken: string
  /** The access token's life in seconds. */
  readonly expiresIn: number
  readonly refreshToken: string
  /** The refresh token's life in seconds: the idle life, or what is left of the absolute one if that is less. */
  readonly refreshExpiresIn: number
}

/** Gives the request's parsed JSON body; undefined if there is none. It is called only if the body is needed. */
export type ReadBody = () => MaybePromise<unknown>

/** How tokens are sent: in cookies or in bodies. Each way ignores what the other would read. */
export interface Delivery {
  /**
   * Gives the refresh token that a request presents; undefined if there is none.
   *
   * @throws AuthError `refresh_rejected` for a repeated cookie, `request_malformed` for a body of the wrong form
   */
  presented(view: RequestView, readBody: ReadBody): MaybePromise<string | undefined>
  /**
   * Gives the refresh cookie of a request that does not need one; undefined if there is none, or if there are several that
   * differ.
   */
  carried(view: RequestView): string | undefined
  /**
   * Makes the answer that gives out tokens.
   *
   * @throws AuthError `request_malformed` if a token does not fit into a cookie
   */
  tokens(tokens: IssuedTokens): SessionAnswer
  /** Makes the answer after the end of a session. */
  ended(): SessionAnswer
}

/** Sends tokens in HttpOnly cookies, for browsers. */
export function cookieDelivery(access: Cookie, refresh: Cookie): Delivery {
  return {
    presented: (view) => readOneCookie(view, refresh.name),
    carried: (view) => carriedCookie(view, refresh.name),
    tokens: ({ accessToken, expiresIn, refreshToken, refreshExpiresIn }) =>
      jsonAnswer({ expiresIn }, [access.set(accessToken, expiresIn), refresh.set(refreshToken, refreshExpiresIn)]),
    ended: () => emptyAnswer([access.clear(), refresh.clear()]),
  }
}

/**
 * Sends tokens in JSON bodies (as RFC 6749 §5.1, with this library's names), for native clients that keep them safe themselves.
 */
export function bodyDelivery(): Delivery {
  return {
    presented: async (_view, readBody) => readRefreshToken(await readBody()),
    carried: () => undefined,
    tokens: ({ accessToken, refreshToken, expiresIn }) =>
      jsonAnswer({ accessToken, refreshToken, expiresIn, tokenType: 'Bearer' }),
    ended: () => emptyAnswer(),
  }
}

/** Gives the value of a cookie; undefined if there is none, or if there are several that differ. */
export function carriedCookie(view: RequestView, name: string): string | undefined {
  const read = readCookie(view.header('cookie'), name)
  return typeof read === 'object' ? read.token : undefined
}

/** Gives the value of a cookie, and refuses two cookies with different values: nobody can say which one is meant. */
function readOneCookie(view: RequestView, name: string): string | undefined {
  const read = readCookie(view.header('cookie'), name)
  if (typeof read === 'string') throw new AuthError('refresh_rejected', { reason: 'refresh_repeated' })
  return read?.token
}

function readRefreshToken(body: unknown): string | undefined {
  if (body === undefined) return undefined
  if (!isObject(body)) throw new AuthError('request_malformed', { reason: 'body_malformed' })
  const { refreshToken = '' } = body
  if (typeof refreshToken !== 'string') throw new AuthError('request_malformed', { reason: 'body_malformed' })
  return refreshToken === '' ? undefined : refreshToken
}
