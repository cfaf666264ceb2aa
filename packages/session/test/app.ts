import type { AuthError, CoreEvent } from '@latchkey/core'
import { createRequirement, type Decision, type RequestView, type ResponseExtras } from '@latchkey/core/adapter'
import { expect } from 'vitest'
import {
  createKeyring,
  createSessions,
  type Keyring,
  memoryStore,
  type SessionAnswer,
  type SessionEvent,
  type SessionStore,
  type Sessions,
  type SessionsOptions,
} from '../src/index.js'

export const issuer = 'https://app.example'
export const audience = 'https://api.example'

/** An app with sessions, on a clock of its own, and what it has reported. */
export interface App {
  readonly sessions: Sessions
  readonly store: SessionStore
  readonly events: (SessionEvent | CoreEvent)[]
  advance(seconds: number): void
  now(): number
}

let shared: Promise<Keyring> | undefined

/** One key pair does for all tests that are not about keys. */
export function sharedKeyring(): Promise<Keyring> {
  shared ??= createKeyring()
  return shared
}

export async function createApp(change: Partial<SessionsOptions> = {}): Promise<App> {
  let now = 1_800_000_000
  const clock = () => now
  const events: App['events'] = []
  const store = change.store ?? memoryStore({ clock })
  const keyring = await sharedKeyring()
  const sessions = createSessions({
    keyring,
    issuer,
    audience,
    clock,
    onEvent: (event) => void events.push(event),
    ...change,
    store,
  })
  return {
    sessions,
    store,
    events,
    now: clock,
    advance: (seconds) => {
      now += seconds
    },
  }
}

/** A request's view, as an adapter would make it. */
export function request(method: string, headers: Record<string, string> = {}): RequestView {
  return { method, header: (name) => headers[name], url: () => 'https://app.example/somewhere' }
}

/** A request with one cookie, or several. */
export function withCookies(method: string, cookies: Record<string, string>): RequestView {
  const cookie = Object.entries(cookies).map(([name, value]) => `${name}=${value}`)
  return request(method, { cookie: cookie.join('; ') })
}

export const post: RequestView = request('POST')

/** The request of a client that holds a refresh cookie. */
export function refreshing(token: string): RequestView {
  return withCookies('POST', { '__Host-refresh': token })
}

/** The cookies that an answer sets, by name. */
export function cookiesOf({ cookies = [] }: ResponseExtras): Record<string, string> {
  return Object.fromEntries(cookies.map(({ name, value }) => [name, value]))
}

/** The pair of tokens that an answer gives to a browser. */
export function tokensOf(answer: ResponseExtras): { access: string; refresh: string } {
  const cookies = cookiesOf(answer)
  return { access: cookies['__Host-access'] ?? '', refresh: cookies['__Host-refresh'] ?? '' }
}

/** Logs somebody in. */
export async function logIn(
  { sessions }: App,
  login: Partial<Parameters<Sessions['start']>[1]> = {},
): Promise<{ access: string; refresh: string; answer: SessionAnswer }> {
  const answer = await sessions.start(post, { sub: 'user-1', scope: ['read'], ...login })
  return { ...tokensOf(answer), answer }
}

/** Refreshes with a token, and gives the next pair. */
export async function refresh({ sessions }: App, token: string): Promise<{ access: string; refresh: string }> {
  return tokensOf(await sessions.refresh(refreshing(token)))
}

/** What a guard decides about an access token in its cookie. */
export async function guard({ sessions }: App, access: string): Promise<Decision<object>> {
  return sessions.verifier.authenticate(withCookies('GET', { '__Host-access': access }), createRequirement(true))
}

/** The claims of a token that the app's own guard lets pass. */
export async function claimsOf(app: App, access: string): Promise<Record<string, unknown>> {
  const decision = await guard(app, access)
  if (!decision.allow) throw 'thrown' in decision ? decision.thrown : decision.error
  return { ...decision.auth?.claims }
}

/** The error of something refused; its code is asserted. */
export async function refusal(promise: Promise<unknown>, code: AuthError['code']): Promise<AuthError> {
  const error = await promise.then(
    () => expect.fail(`Not refused, though ${code} was expected.`),
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ name: 'AuthError', code })
  return error as AuthError
}

/** The events of these types, oldest first. */
export function eventsOf({ events }: App, ...types: string[]): App['events'] {
  return events.filter(({ type }) => types.includes(type))
}

/** The id of the session that a refresh token names. */
export function sessionOf(token: string): string {
  return token.split('.')[0] ?? ''
}
