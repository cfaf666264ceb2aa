import { randomBytes } from 'node:crypto'
import { denialOf } from '@latchkey/core/adapter'
import { honoAuth } from '@latchkey/hono'
import { oidcLogin } from '@latchkey/oidc'
import { createKeyring, createSessions } from '@latchkey/session'
import { Hono } from 'hono'
import { devicesPage, logInPage } from './pages.js'
import { isPasswordOf } from './users.js'

/** The URL of the app, and the provider that users may log in with. */
export interface Settings {
  readonly origin: string
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
}

/** Builds the app. Keys and sessions are lost when the process ends: keep both in a store in production. */
export async function createApp({ origin, issuer, clientId, clientSecret }: Settings): Promise<Hono> {
  const sessions = createSessions({
    keyring: await createKeyring(),
    issuer: origin,
    audience: origin,
    // Refuses the access token of a device as soon as that device is logged out.
    revocation: 'immediate',
  })
  await sessions.ready()
  const provider = oidcLogin({
    issuer,
    clientId,
    clientSecret,
    redirectUri: `${origin}/provider/callback`,
    postLogoutRedirectUri: `${origin}/log-in`,
    secrets: [randomBytes(32)],
    sessions,
    // The prefix keeps the provider's ann apart from the ann of this app.
    onLogin: ({ claims: { sub }, view }) => ({
      sub: `${issuer} ${sub}`,
      claims: { provider: true },
      label: labelOf(view.header('user-agent')),
    }),
  })
  const { requireAuth, session } = honoAuth({
    sessions,
    onDeny: (error, c) => {
      if (error.status === 401 && c.req.method === 'GET') return c.redirect('/log-in', 303)
      const { status, headers, body } = denialOf(error)
      return new Response(body, { status, headers })
    },
  })
  // Allows no script, and forms only to this app, or to the provider for the log-out.
  const policy = `default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self' ${new URL(issuer).origin}`
  const signedIn = requireAuth({ refresh: true })

  const app = new Hono()
  app.use(async (c, next) => {
    c.header('content-security-policy', policy)
    await next()
  })
  // Reads no cookie, because a browser that any other page refuses is redirected here.
  app.get('/log-in', (c) => c.html(logInPage(false)))
  app.post('/log-in', async (c) => {
    const form = new URLSearchParams(await c.req.text())
    const name = form.get('name') ?? ''
    if (!(await isPasswordOf(name, form.get('password') ?? ''))) return c.html(logInPage(true), 401)
    return session.start(c, { sub: name, label: labelOf(c.req.header('user-agent')) }, { redirect: '/' })
  })
  app.post('/log-out', (c) => session.end(c, { redirect: '/log-in' }))

  app.get('/', signedIn, async (c) => {
    const { sub = '', sid, provider } = c.var.auth.claims
    return c.html(devicesPage(await sessions.list(sub), sid, provider === true ? '/provider/log-out' : '/log-out'))
  })
  app.post('/devices/:id/end', signedIn, async (c) => {
    await sessions.endOne(c.req.param('id'), { sub: c.var.auth.claims.sub ?? '' })
    return c.redirect('/', 303)
  })

  app.get('/provider/log-in', session.handler(provider.logIn))
  app.get('/provider/callback', session.handler(provider.callback))
  app.post('/provider/log-out', session.handler(provider.logOut))
  app.post('/provider/back-channel', session.handler(provider.backChannelLogOut))
  return app
}

/** The User-Agent of the browser, cut to the longest label allowed. */
function labelOf(userAgent: string | undefined): string | null {
  return userAgent?.slice(0, 256) ?? null
}
