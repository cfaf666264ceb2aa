import { parsedCookie } from '../../harness/check.js'
import { fieldOf, type RawResponse } from '../../harness/raw-http.js'

/** What a log-in or a refresh gives out. */
export interface Tokens {
  readonly access: string
  readonly refresh: string
}

/** A `Set-Cookie` field, taken apart; attributes in the alphabet's order, without `Expires`, which `Max-Age` overrides. */
export interface SetCookie {
  readonly name: string
  readonly value: string
  readonly attributes: readonly string[]
}

/** The cookies that a response sets. */
export function setCookies(response: RawResponse): readonly SetCookie[] {
  return response.fields
    .filter(([name]) => name === 'set-cookie')
    .map(([, field]) => {
      const [pair = '', ...attributes] = parsedCookie(field)
      const equals = pair.indexOf('=')
      return { name: pair.slice(0, equals), value: pair.slice(equals + 1), attributes }
    })
}

/** The tokens in a response, by either delivery; undefined where it carries none. */
export function tokensOf(response: RawResponse): Tokens | undefined {
  const cookies = new Map(setCookies(response).map(({ name, value }) => [name, value]))
  const access = cookies.get('__Host-access')
  const refresh = cookies.get('__Host-refresh')
  if (access !== undefined && refresh !== undefined && access !== '') return { access, refresh }
  if (response.status !== 200 || !fieldOf(response, 'content-type')?.startsWith('application/json')) return undefined
  const body: { accessToken?: unknown; refreshToken?: unknown } = JSON.parse(response.body)
  const { accessToken, refreshToken } = body
  return typeof accessToken === 'string' && typeof refreshToken === 'string'
    ? { access: accessToken, refresh: refreshToken }
    : undefined
}

/** The challenge that a response has, of a log-in or of a refusal. */
export function challengeIn(response: RawResponse): string | undefined {
  const registration = fieldOf(response, 'secure-session-registration')
  const refusal = fieldOf(response, 'secure-session-challenge')
  return (/challenge="([^"]+)"/.exec(registration ?? '') ?? /^"([^"]+)"/.exec(refusal ?? ''))?.[1]
}

/** The claims set of an access token, unverified. */
export function claimsOf(token: string): { readonly [claim: string]: unknown } {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

/** The protected header of an access token. */
export function headerOf(token: string): { readonly [member: string]: unknown } {
  return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())
}

/** The session that an access token is of. */
export function sidOf({ access }: Tokens): string {
  return String(claimsOf(access)['sid'])
}
