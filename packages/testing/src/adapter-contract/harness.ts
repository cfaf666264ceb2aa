import assert from 'node:assert/strict'
import { createKeyring, createSessions, type Keyring, type Sessions } from '@latchkey/session'
import { createManualClock } from '../manual-clock.js'

/** An app that listens. */
export interface AdapterApp {
  readonly url: string
  close(): Promise<void>
}

/**
 * Listens with an app over sessions. In this order: a default `Cache-Control: public, max-age=60` and
 * `CDN-Cache-Control: max-age=60` for every answer; `optionalAuth({ refresh: true })` for every request, unknown paths
 * included; then
 *
 * - `POST /login`: `session.start` for the `sub` in the query;
 * - `POST /session/refresh`, `DELETE /session`, `DELETE /session/all`: the verbs;
 * - `session.routes` under `/mounted`; what no route answers is 404;
 * - `GET /me` behind `requireAuth()`, `GET /page` behind `requireAuth({ refresh: true })`: the text of `sub`;
 * - `GET /public`: sets `Cache-Control: public`, `CDN-Cache-Control` and `Surrogate-Control` itself;
 * - `GET /stream`: a body in two parts, with `Cache-Control: public`; `GET /redirect`: 302; `GET /throws`: throws an error,
 *   which the app answers with 500;
 * - `GET /own-cookies`: by the framework's own means clears `__Host-access` (Secure, `Path=/`) and sets `theme=dark`;
 * - `GET /raw-cookies`: the bare field `Set-Cookie: __Host-refresh=own; Path=/; Secure`.
 */
export type ServeAdapter = (sessions: Sessions) => Promise<AdapterApp>

/** The app as a case sees it. */
export interface App {
  readonly events: readonly { readonly type: string }[]
  advance(seconds: number): void
  ask(
    method: string,
    path: string,
    cookies?: Cookies,
    headers?: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<Response>
  /** Logs in, and gives the pair. */
  logIn(sub: string): Promise<Cookies>
}

export type Case = (app: App) => Promise<void>
export type DefineCase = (title: string, body: Case) => void

/** Cookies by name. */
export type Cookies = Readonly<Record<string, string>>

let keyring: Promise<Keyring> | undefined

/** Runs a case against an app of its own, without a grace: a token that is presented twice would end the session. */
export async function withApp(serve: ServeAdapter, body: Case): Promise<void> {
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
  })
  const { url, close } = await serve(sessions)
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
  try {
    await body({ events, advance: (seconds) => clock.advance(seconds), ask, logIn })
  } finally {
    await close()
  }
}

/** What a response sets, one by one; `Expires` goes, since `Max-Age` counts in its place (RFC 6265 §5.3). */
export function setCookies(response: Response): readonly string[] {
  return response.headers.getSetCookie().map((field) => {
    const [pair = '', ...attributes] = field.split(/; ?/)
    return [pair, ...attributes.filter((attribute) => !/^expires=/i.test(attribute)).sort()].join('; ')
  })
}

/** What a browser keeps of a response's cookies, by name: the last of each counts. */
export function cookiesOf(response: Response): Cookies {
  return Object.fromEntries(
    setCookies(response).map((field) => {
      const [name = '', value = ''] = field.split(';', 1)[0]?.split(/=(.*)/) ?? []
      return [name, value]
    }),
  )
}

/** The subject of an access token, unverified. */
export function subjectOf(token: string | undefined): unknown {
  return JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString() || '{}').sub
}

/** Both cookies are fresh, each set once. */
export function assertFresh(response: Response, before: Cookies): void {
  const names = setCookies(response).map((field) => field.split('=', 1)[0])
  assert.deepEqual(names.filter((name) => name?.startsWith('__Host-')).sort(), ['__Host-access', '__Host-refresh'])
  const now = cookiesOf(response)
  for (const name of ['__Host-access', '__Host-refresh']) {
    assert.ok(now[name] !== undefined && now[name] !== '' && now[name] !== before[name], `${name} is fresh`)
  }
}

/** No cache may keep the response. */
export function assertUncached({ headers }: Response): void {
  assert.equal(headers.get('cache-control'), 'no-store')
  for (const name of ['cdn-cache-control', 'surrogate-control']) assert.equal(headers.get(name), null, name)
}

/** As a browser sends them once the access cookie is gone. */
export function withoutAccess({ '__Host-refresh': refresh = '' }: Cookies): Cookies {
  return { '__Host-refresh': refresh }
}
