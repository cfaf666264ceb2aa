import { AuthError } from '@latchkey/core'
import { type MaybePromise, type RequestView, readCookie } from '@latchkey/core/adapter'
import type { Cookie } from './cookies.js'
import { emptyAnswer, jsonAnswer, type SessionAnswer } from './session-answer.js'

/** The tokens that a log-in or a refresh gives out. */
interface IssuedTokens {
  readonly accessToken: string
  /** Seconds. */
  readonly expiresIn: number
  readonly refreshToken: string
  /** Seconds: the smaller of the idle life and what is left of the absolute one. */
  readonly refreshExpiresIn: number
}

/** Gives the request's JSON body, parsed; undefined where it has none. Called only where a body is looked at. */
export type ReadBody = () => MaybePromise<unknown>

/** How tokens travel: in cookies or in bodies. Each ignores what the other would read. */
export interface Delivery {
  /**
   * The refresh token that a request presents; undefined where there is none.
   *
   * @throws AuthError `refresh_rejected` for a repeated cookie, `request_malformed` for a body of the wrong form
   */
  presented(view: RequestView, readBody: ReadBody): MaybePromise<string | undefined>
  /** The refresh cookie of a request that needs none; undefined where there is none, or nobody can say which one is meant. */
  carried(view: RequestView): string | undefined
  /** @throws AuthError `request_malformed` where a token does not fit */
  tokens(tokens: IssuedTokens): SessionAnswer
  ended(): SessionAnswer
}

/** Tokens in HttpOnly cookies, for browsers. */
export function cookieDelivery(access: Cookie, refresh: Cookie): Delivery {
  return {
    presented: (view) => readOneCookie(view, refresh.name),
    carried: (view) => carriedCookie(view, refresh.name),
    tokens: ({ accessToken, expiresIn, refreshToken, refreshExpiresIn }) =>
      jsonAnswer({ expiresIn }, [access.set(accessToken, expiresIn), refresh.set(refreshToken, refreshExpiresIn)]),
    ended: () => emptyAnswer([access.clear(), refresh.clear()]),
  }
}

/** Tokens in JSON bodies (RFC 6749 §5.1 in the names of this library), for native clients that keep them safe themselves. */
export function bodyDelivery(): Delivery {
  return {
    presented: async (_view, readBody) => readRefreshToken(await readBody()),
    carried: () => undefined,
    tokens: ({ accessToken, refreshToken, expiresIn }) =>
      jsonAnswer({ accessToken, refreshToken, expiresIn, tokenType: 'Bearer' }),
    ended: () => emptyAnswer(),
  }
}

/** The value of that cookie; undefined where there is none, or there are several that differ. */
export function carriedCookie(view: RequestView, name: string): string | undefined {
  const read = readCookie(view.header('cookie'), name)
  return typeof read === 'object' ? read.token : undefined
}

/** Two refresh cookies with different values: nobody can say which one is meant. */
function readOneCookie(view: RequestView, name: string): string | undefined {
  const read = readCookie(view.header('cookie'), name)
  if (typeof read === 'string') throw new AuthError('refresh_rejected', { reason: 'refresh_repeated' })
  return read?.token
}

function readRefreshToken(body: unknown): string | undefined {
  if (body === undefined) return undefined
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new AuthError('request_malformed', { reason: 'body_malformed' })
  const token: unknown = (body as { refreshToken?: unknown }).refreshToken
  if (token === undefined || token === '') return undefined
  if (typeof token !== 'string') throw new AuthError('request_malformed', { reason: 'body_malformed' })
  return token
}
