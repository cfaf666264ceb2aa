import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { memoryReplayStore } from '@latchkey/core'
import { expressAuth } from '@latchkey/express'
import { fastifyAuth } from '@latchkey/fastify'
import { honoAuth } from '@latchkey/hono'
import { type LoggedIn, type OidcLogin, type OidcLoginOptions, oidcLogin } from '@latchkey/oidc'
import { createKeyring, createSessions, memoryStore, type Sessions, type SessionsOptions } from '@latchkey/session'
import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import { type RunningProvider, startProvider } from '../provider/provider.js'
import { close, listen } from '../servers/listen.js'

/** Of the client `web`. */
export const clientSecret = 'a secret between the app and its provider'

/** An app that logs its users in with a provider, both over real sockets. */
export interface Setting extends AsyncDisposable {
  readonly provider: RunningProvider
  readonly url: string
  readonly sessions: Sessions
  readonly login: OidcLogin
  /** What `onLogin` was given, by log-in. */
  readonly loggedIn: LoggedIn[]
  /** What the library has reported: type, code or reason. */
  readonly events: string[]
  /** Puts the app's clock forward; the provider's stays. */
  advance(seconds: number): void
}

type Stop = () => Promise<void>
type Start = (sessions: Sessions, login: OidcLogin, port: number) => Promise<Stop>

/** The same four routes in each framework, and `/me` for whoever is logged in. */
export const frameworks: Readonly<Record<string, Start>> = {
  Fastify: async (sessions, login, port) => {
    const { plugin, requireAuth, getAuth, session } = fastifyAuth({ sessions })
    const app = Fastify({ forceCloseConnections: true })
    app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
      done(null, body),
    )
    await app.register(plugin)
    app.get('/log-in', session.handler(login.logIn))
    app.get('/callback', session.handler(login.callback))
    app.post('/log-out', session.handler(login.logOut))
    app.post('/back-channel', session.handler(login.backChannelLogOut))
    app.post('/session/refresh', session.refresh)
    app.get('/me', { onRequest: requireAuth() }, async (request) => getAuth(request).claims)
    await app.listen({ port, host: 'localhost' })
    return () => app.close()
  },
  Express: async (sessions, login, port) => {
    const { requireAuth, getAuth, session } = expressAuth({ sessions })
    const app = express()
    app.get('/log-in', session.handler(login.logIn))
    app.get('/callback', session.handler(login.callback))
    app.post('/log-out', session.handler(login.logOut))
    app.post('/back-channel', session.handler(login.backChannelLogOut))
    app.post('/session/refresh', session.refresh)
    app.get('/me', requireAuth(), (req, res) => void res.json(getAuth(req).claims))
    const server = createServer(app)
    await new Promise<void>((resolve) => server.listen(port, 'localhost', resolve))
    return () => close(server)
  },
  Hono: async (sessions, login, port) => {
    const { requireAuth, session } = honoAuth({ sessions })
    const app = new Hono()
    app.get('/log-in', session.handler(login.logIn))
    app.get('/callback', session.handler(login.callback))
    app.post('/log-out', session.handler(login.logOut))
    app.post('/back-channel', session.handler(login.backChannelLogOut))
    app.post('/session/refresh', session.refresh)
    app.get('/me', requireAuth(), (c) => c.json(c.var.auth.claims))
    const server = createServer(getRequestListener(app.fetch))
    await new Promise<void>((resolve) => server.listen(port, 'localhost', resolve))
    return () => close(server)
  },
}

/** How the provider and the app's sessions are. */
interface SettingOptions extends Pick<SessionsOptions, 'absoluteTtl' | 'idleTtl' | 'store'> {
  /** Life of the provider's access tokens in seconds. Default 600. */
  readonly accessTokenTtl?: number
  /** Whether its logout tokens name the session. Default true. */
  readonly sid?: boolean
}

/** Starts both. Use with `await using`. */
export async function startSetting(
  framework: string,
  options: Partial<OidcLoginOptions> = {},
  { accessTokenTtl = 600, sid = true, ...given }: SettingOptions = {},
): Promise<Setting> {
  const start = frameworks[framework]
  if (start === undefined) throw new Error(`There is no app for ${framework}.`)
  const port = await freePort()
  const url = `http://localhost:${port}`
  const provider = await startProvider({
    accessTokenTtl,
    clients: [
      {
        client_id: 'web',
        client_secret: clientSecret,
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: [`${url}/callback`],
        post_logout_redirect_uris: [`${url}/bye`],
        backchannel_logout_uri: `${url}/back-channel`,
        backchannel_logout_session_required: sid,
      },
    ],
  })
  let ahead = 0
  const clock = () => Date.now() / 1000 + ahead
  const events: string[] = []
  const loggedIn: LoggedIn[] = []
  const sessions = createSessions({
    keyring: await createKeyring(),
    store: memoryStore({ clock }),
    issuer: 'https://app.example',
    audience: 'https://app.example',
    revocation: 'immediate',
    ...given,
    clock,
    onEvent: (event) => events.push(event.type),
  })
  await sessions.ready()
  const login = oidcLogin({
    issuer: provider.issuer,
    clientId: 'web',
    clientSecret: clientSecret,
    redirectUri: `${url}/callback`,
    postLogoutRedirectUri: `${url}/bye`,
    secrets: [randomBytes(32)],
    sessions,
    replay: memoryReplayStore(),
    clock,
    onLogin: (who) => {
      loggedIn.push(who)
      return { sub: `user ${who.claims.sub}` }
    },
    ...options,
  })
  const stop = await start(sessions, login, port)
  return {
    provider,
    url,
    sessions,
    login,
    loggedIn,
    events,
    advance: (seconds) => {
      ahead += seconds
    },
    [Symbol.asyncDispose]: async () => {
      await stop()
      await provider.stop()
      await sessions.close()
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listen(server)
  await close(server)
  return port
}
