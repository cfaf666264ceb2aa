import { honoAuth } from '@latchkey/hono'
import { createSessions, type Login, type Sessions, type SessionsOptions } from '@latchkey/session'
import { Hono } from 'hono'

/** The tokens of a session, as a native client holds them. */
interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}

/** A small app with sessions in bodies, and what an attacker can ask of it. */
export interface SessionApp {
  readonly sessions: Sessions
  readonly events: readonly { readonly type: string }[]
  logIn(login: Login): Promise<Tokens>
  /** Status of a refresh, and the tokens where it was one. */
  refresh(refreshToken: string): Promise<{ readonly status: number } & Partial<Tokens>>
  /** Status of the guarded route. */
  me(accessToken: string): Promise<number>
}

/** Makes an app; `options` as an app would give them. */
export function createSessionApp(options: SessionsOptions): SessionApp {
  const events: { readonly type: string }[] = []
  const sessions = createSessions({ ...options, delivery: 'body', onEvent: (event) => events.push(event) })
  const { requireAuth, session } = honoAuth({ sessions })
  const app = new Hono()
  app.post('/log-in', async (c) => session.start(c, (await session.readJson(c)) as Login))
  app.post('/refresh', session.refresh)
  app.get('/me', requireAuth(), (c) => c.json(c.var.auth.claims))
  const post = (path: string, body: unknown) => app.request(path, { method: 'POST', body: JSON.stringify(body) })
  return {
    sessions,
    events,
    logIn: async (login) => (await (await post('/log-in', login)).json()) as Tokens,
    refresh: async (refreshToken) => {
      const response = await post('/refresh', { refreshToken })
      const body = (await response.json()) as Partial<Tokens>
      return { ...body, status: response.status }
    },
    me: async (accessToken) =>
      (await app.request('/me', { headers: { Authorization: `Bearer ${accessToken}` } })).status,
  }
}
