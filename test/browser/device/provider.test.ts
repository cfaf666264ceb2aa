import { randomBytes } from 'node:crypto'
import { fastifyAuth } from '@latchkey/fastify'
import { oidcLogin } from '@latchkey/oidc'
import { createKeyring, createSessions } from '@latchkey/session'
import { type FastifyInstance, fastify } from 'fastify'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type RunningProvider, startProvider } from '../../provider/provider.js'
import { needs } from '../../servers/needs.js'
import { freePort } from '../../servers/program.js'
import { chromiumMissing } from '../chromium.js'
import { Certificates, certificatesMissing } from './certificates.js'
import { host } from './device-app.js'
import { DeviceBrowser } from './device-browser.js'

const clientSecret = 'a secret between the app and its provider'

describe(
  'device-bound sessions of a log-in with a provider, in Chromium',
  needs(chromiumMissing ?? certificatesMissing),
  () => {
    let certificates: Certificates
    let provider: RunningProvider
    let app: FastifyInstance
    let url: string
    let browser: DeviceBrowser
    let events: string[] = []
    /** Whether each registration came with a refresh cookie. */
    let registrations: boolean[] = []
    beforeAll(async () => {
      certificates = new Certificates(host)
      const port = await freePort()
      url = `https://${host}:${port}`
      provider = await startProvider({
        clients: [
          {
            client_id: 'app-in-browser',
            client_secret: clientSecret,
            grant_types: ['authorization_code'],
            response_types: ['code'],
            redirect_uris: [`${url}/callback`],
            post_logout_redirect_uris: [`${url}/bye`],
          },
        ],
      })
      const sessions = createSessions({
        issuer: url,
        audience: url,
        keyring: await createKeyring(),
        deviceBound: { mode: 'offered', exclude: ['/log-in', '/callback', '/log-out'] },
        onEvent: ({ type }) => events.push(type),
      })
      const login = oidcLogin({
        issuer: provider.issuer,
        clientId: 'app-in-browser',
        clientSecret,
        redirectUri: `${url}/callback`,
        postLogoutRedirectUri: `${url}/bye`,
        secrets: [randomBytes(32)],
        sessions,
        onLogin: ({ claims }) => ({ sub: claims.sub }),
      })
      const { plugin, requireAuth, getAuth, session } = fastifyAuth({ sessions })
      app = fastify({ https: certificates, forceCloseConnections: true })
      app.addHook('onRequest', async ({ url, headers }) => {
        if (url === '/session/device') registrations.push(headers.cookie?.includes('__Host-refresh=') === true)
      })
      // A form without script has this type; what is in it matters to nobody.
      app.addContentTypeParser('application/x-www-form-urlencoded', (_request, _body, done) => done(null))
      await app.register(plugin)
      const page =
        '<!doctype html><title>App</title><form method="post" action="/log-out"><button>Log out</button></form>'
      app.get('/', (_request, reply) => reply.type('text/html').send(page))
      app.get('/bye', async () => 'bye')
      app.get('/me', { onRequest: requireAuth() }, async (request) => ({ sub: getAuth(request).claims.sub }))
      app.get('/log-in', session.handler(login.logIn))
      app.get('/callback', session.handler(login.callback))
      app.post('/log-out', session.handler(login.logOut))
      await app.register(session.routes, { prefix: '/session' })
      await app.listen({ host: '127.0.0.1', port })
    })
    afterEach(async () => {
      await browser?.stop()
      events = []
      registrations = []
    })
    afterAll(async () => {
      await app?.close()
      await provider?.stop()
      certificates?.remove()
    })

    const count = (type: string) => events.filter((each) => each === type).length

    async function openLogIn(): Promise<Page> {
      const page = await browser.context.newPage()
      await page.goto(`${url}/log-in?returnTo=/`)
      return page
    }

    async function fillIn(page: Page, name: string, value: string): Promise<void> {
      const field = page.locator(`input[name=${name}]`)
      await field.fill(value)
      await field.press('Enter')
    }

    const status = (page: Page) => page.evaluate(async () => (await fetch('/me')).status)

    it('are bound though the browser keeps the Strict cookie back, go on after an expiry, and end at both ends', async () => {
      browser = await DeviceBrowser.start(host, certificates.home)
      const page = await openLogIn()
      await fillIn(page, 'account', 'alice')
      await fillIn(page, 'consent', 'yes')
      await page.waitForURL(`${url}/`)
      await expect.poll(() => count('session_bound')).toBe(1)
      // Else the challenge alone has named no session, and nothing was shown.
      expect(registrations).toEqual([false])
      await browser.context.clearCookies({ name: '__Host-access' })
      expect(await status(page)).toBe(200)
      expect(count('session_refreshed')).toBeGreaterThan(0)

      await page.getByRole('button', { name: 'Log out' }).click()
      await page.locator('button[name=logout]').click()
      await page.waitForURL((at) => at.pathname === '/bye')
      expect(await status(page)).toBe(401)
      expect([count('device_mismatch'), count('refresh_reused')]).toEqual([0, 0])
    })

    it('two tabs that log in at once are both logged in, and stay so', async () => {
      browser = await DeviceBrowser.start(host, certificates.home)
      const tabs = [await openLogIn(), await openLogIn()] as const
      await fillIn(tabs[0], 'account', 'alice')
      await fillIn(tabs[1], 'account', 'alice')
      await fillIn(tabs[0], 'consent', 'yes')
      await fillIn(tabs[1], 'consent', 'yes')
      for (const tab of tabs) await tab.waitForURL(`${url}/`)
      await expect.poll(() => count('session_bound')).toBeGreaterThan(0)
      for (let times = 0; times < 2; times++) {
        await browser.context.clearCookies({ name: '__Host-access' })
        await expect.poll(() => Promise.all(tabs.map(status))).toEqual([200, 200])
      }
      expect(count('session_started')).toBe(2)
      expect([count('device_mismatch'), count('refresh_reused')]).toEqual([0, 0])
    })
  },
)
