import assert from 'node:assert/strict'
import type { AuthError } from '@latchkey/core'
import { createKeyring, createSessions, type Keyring, type OnRefresh, type Sessions } from '@latchkey/session'
import { createManualClock } from '../manual-clock.js'

/** An app that listens. */
export interface AdapterApp {
  /** Its URL, without a slash at the end. */
  readonly url: string
  /** Stops listening. */
  close(): Promise<void>
}

/**
 * Starts an app with these sessions. The app does, in this order: it sets the defaults `Cache-Control: public, max-age=60` and
 * `CDN-Cache-Control: max-age=60` for every answer; it runs `optionalAuth({ refresh: true })` for every request, also for
 * unknown paths; and it has these routes:
 *
 * - `POST /login`: `session.start` for the `sub` in the query;
 * - `POST /session/refresh`, `DELETE /session`, `DELETE /session/all`: the verbs;
 * - `session.routes` below `/mounted`; all other paths are 404;
 * - `GET /me` behind `requireAuth()`, `GET /page` behind `requireAuth({ refresh: true })`: the text of `sub`;
 * - `GET /public`: sets `Cache-Control: public`, `CDN-Cache-Control` and `Surrogate-Control` itself;
 * - `GET /stream`: a body in two parts, with `Cache-Control: public`; `GET /redirect`: 302; `GET /throws`: throws an error,
 *   which the app answers with 500;
 * - `GET /own-cookies`: clears `__Host-access` (Secure, `Path=/`) and sets `theme=dark`, with the framework's own functions;
 * - `GET /raw-cookies`: sets the field `Set-Cookie: __Host-refresh=own; Path=/; Secure` directly.
 */
export type ServeAdapter = (sessions: Sessions, refusals?: Refusals) => Promise<AdapterApp>

/** What the app tells its adapter about refusals. */
export interface Refusals {
  /** For the option of that name. Default: none. */
  readonly realm?: string
  /** For the option of that name: what it gives is sent as text with 418, what it throws is the app's own error. Default: none. */
  readonly onDeny?: (error: AuthError) => string
}

/** The app, as a test case uses it. */
export interface App {
  readonly events: readonly { readonly type: string }[]
  /** The hook `onRefresh` of the sessions. */
  onRefresh: OnRefresh
  advance(seconds: number): void
  ask(
    method: string,
    path: string,
    cookies?: Cookies,
    headers?: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<Response>
  /** Logs in, and gives the pair of cookies. */
  logIn(sub: string): Promise<Cookies>
}

export type Case = (app: App) => Promise<void>
export type DefineCase = (title: string, body: Case, refusals?: Refusals) => void

/** Cookies by name. */
export type Cookies = Readonly<Record<string, string>>

let keyring: Promise<Keyring> | undefined

/** Runs a case with an app of its own. The grace is 0, so that a token that is presented twice ends the session. */
export async function withApp(serve: ServeAdapter, body: Case, refusals?: Refusals): Promise<void> {
  keyring ??= createKeyring()
  const clock = createManualClock()
  const events: { readonly type: string }[] = []
  const sessions = createSessions({
    keyring: await keyring,
    issuer: 'https://app.example',
    audience: 'https://app.example',
    reuseGrace: 0,
    clock,
    onEvent: (event) => void events.push(event),
    onRefresh: (session) => app.onRefresh(session),
  })
  const { url, close } = await serve(sessions, refusals)
  const ask: App['ask'] = (method, path, cookies = {}, headers = {}, body) => {
    const cookie = Object.entries(cookies).map((pair) => pair.join('='))
    return fetch(url + path, {
      method,
      redirect: 'manual',
      headers: { ...headers, cookie: cookie.join('; ') },
      body: body ?? null,
    })
  }
  const logIn = async (sub: string) => cookiesOf(await ask('POST', `/login?sub=${sub}`))
  const app: App = { events, onRefresh: () => ({}), advance: (seconds) => clock.advance(seconds), ask, logIn }
  try {
    await body(app)
  } finally {
    await close()
  }
}

/** Gives the cookies that a response sets, without `Expires`, because `Max-Age` wins over it (RFC 6265 §5.3). */
export function setCookies(response: Response): readonly string[] {
  return response.headers.getSetCookie().map((field) => {
    const [pair = '', ...attributes] = field.split(/; ?/)
    return [pair, ...attributes.filter((attribute) => !/^expires=/i.test(attribute)).sort()].join('; ')
  })
}

/** Gives the cookies that a browser keeps from a response, by name. The last of each name counts. */
export function cookiesOf(response: Response): Cookies {
  return Object.fromEntries(
    setCookies(response).map((field) => {
      const [name = '', value = ''] = field.split(';', 1)[0]?.split(/=(.*)/) ?? []
      return [name, value]
    }),
  )
}

/** Gives the subject of an access token, not verified. */
export function subjectOf(token: string | undefined): unknown {
  return JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString() || '{}').sub
}

/** Asserts that both cookies are new, and that each is set once. */
export function assertFresh(response: Response, before: Cookies): void {
  const names = setCookies(response).map((field) => field.split('=', 1)[0])
  assert.deepEqual(names.filter((name) => name?.startsWith('__Host-')).sort(), ['__Host-access', '__Host-refresh'])
  const now = cookiesOf(response)
  for (const name of ['__Host-access', '__Host-refresh']) {
    assert.ok(now[name] !== undefined && now[name] !== '' && now[name] !== before[name], `${name} is fresh`)
  }
}

/** Asserts that no cache may store the response. */
export function assertUncached({ headers }: Response): void {
  assert.equal(headers.get('cache-control'), 'no-store')
  for (const name of ['cdn-cache-control', 'surrogate-control']) assert.equal(headers.get(name), null, name)
}

/** Gives the cookies that a browser sends after the access cookie has expired. */
export function withoutAccess({ '__Host-refresh': refresh = '' }: Cookies): Cookies {
  return { '__Host-refresh': refresh }
}
