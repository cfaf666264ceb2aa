import { expect } from 'vitest'
import { type DenialCode, denialRow } from '../../harness/denials.js'
import { fieldOf, type RawResponse } from '../../harness/raw-http.js'
import type { App } from './app.js'
import { type SetCookie, setCookies, type Tokens, tokensOf } from './tokens.js'

/** The fixed sentence of each code, as the first denial of the run had it. */
const details = new Map<DenialCode, string>()

/** A denial to the byte: no cookie set or cleared, no token shown. */
export function expectDenial(app: App, response: RawResponse, code: DenialCode): void {
  const { status, title, error, retryAfter } = denialRow(code)
  expect(response).toMatchObject({ status })
  const problem = JSON.parse(response.body) as { detail?: unknown }
  const detail = typeof problem.detail === 'string' ? problem.detail : ''
  expect(detail).not.toBe('')
  if (!details.has(code)) details.set(code, detail)
  expect(response.body).toBe(JSON.stringify({ type: 'about:blank', title, status, code, detail: details.get(code) }))
  expect(fieldOf(response, 'content-type')).toBe('application/problem+json')
  expect(fieldOf(response, 'cache-control')).toBe('no-store')
  expect(fieldOf(response, 'set-cookie')).toBeUndefined()
  const challenge = fieldOf(response, 'www-authenticate')
  if (error === null) expect(challenge).toBeUndefined()
  else expect(challenge?.startsWith(error === undefined ? 'Bearer' : `Bearer error="${error}"`)).toBe(true)
  if (retryAfter) expect(fieldOf(response, 'retry-after')).toMatch(/^[1-9]\d*$/)
  for (const secret of app.transcript.secrets) expect(textOf(response)).not.toContain(secret)
}

/** Seconds that the two cookies live. */
export interface Lives {
  readonly access: number
  readonly refresh: number
}

/** Tokens as the delivery has them, to the letter; the order of a cookie's attributes apart. */
export function expectIssued(app: App, response: RawResponse, lives: Lives): Tokens {
  expect(response).toMatchObject({ status: 200 })
  expect(fieldOf(response, 'content-type')).toBe('application/json')
  expect(fieldOf(response, 'cache-control')).toBe('no-store')
  const tokens = tokensOf(response)
  if (tokens === undefined) throw new Error(`no tokens in ${response.body}`)
  const { access, refresh } = tokens
  if (app.plan.delivery === 'body') {
    const body = { accessToken: access, refreshToken: refresh, expiresIn: lives.access, tokenType: 'Bearer' }
    expect(response.body).toBe(JSON.stringify(body))
    expect(setCookies(response)).toEqual([])
    return tokens
  }
  expect(response.body).toBe(JSON.stringify({ expiresIn: lives.access }))
  expect(sorted(setCookies(response))).toEqual([
    { name: '__Host-access', value: access, attributes: attributes('Lax', lives.access) },
    { name: '__Host-refresh', value: refresh, attributes: attributes('Strict', lives.refresh) },
  ])
  return tokens
}

/** 204, nothing kept, and with cookies both of them cleared so that a browser does it. */
export function expectEnded(app: App, response: RawResponse): void {
  expect(response).toMatchObject({ status: 204, body: '' })
  expect(fieldOf(response, 'cache-control')).toBe('no-store')
  // What a browser needs to remove a cookie with the __Host- prefix.
  const cleared = [
    { name: '__Host-access', value: '', attributes: attributes('Lax', 0) },
    { name: '__Host-refresh', value: '', attributes: attributes('Strict', 0) },
  ]
  expect(sorted(setCookies(response))).toEqual(app.plan.delivery === 'body' ? [] : cleared)
}

/** The refresh token is of no use any more, and nothing is said about why. */
export async function expectDead(app: App, refresh: string): Promise<void> {
  expectDenial(app, await app.refresh(refresh), 'refresh_rejected')
}

/** A guarded route lets the access token in. */
export async function expectSignedIn(app: App, access: string): Promise<void> {
  expect(await app.guarded(access)).toMatchObject({ status: 200 })
}

/** A guarded route says no to the access token. */
export async function expectSignedOut(app: App, access: string, code: DenialCode = 'token_rejected'): Promise<void> {
  expectDenial(app, await app.guarded(access), code)
}

/** Types of events, with the code of refusals. */
export async function expectEvents(app: App, expected: readonly string[]): Promise<void> {
  const events = await app.events()
  expect(events.map(({ type, code }) => (type === 'denied' ? `denied ${code}` : type))).toEqual(expected)
}

function attributes(sameSite: string, maxAge: number): readonly string[] {
  return ['HttpOnly', `Max-Age=${maxAge}`, 'Path=/', `SameSite=${sameSite}`, 'Secure']
}

function sorted(cookies: readonly SetCookie[]): readonly SetCookie[] {
  return cookies.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function textOf(response: RawResponse): string {
  return [...response.fields.map((field) => field.join(': ')), response.body].join('\n')
}
