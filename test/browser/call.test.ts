import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { fileURLToPath } from 'node:url'
import { getRequestListener } from '@hono/node-server'
import { honoAuth } from '@latchkey/hono'
import { createKeyring, createSessions } from '@latchkey/session'
import { Hono } from 'hono'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, test as baseTest, beforeAll, describe, expect } from 'vitest'
import { close, listen } from '../servers/listen.js'
import { needs } from '../servers/needs.js'
import { bundle } from '../size/bundle.js'
import { chromiumMissing, launchChromium } from './chromium.js'

const helper = new URL(import.meta.resolve('@latchkey/session/browser'))
const page = '<script type="module">import * as all from "/helper.js"; Object.assign(window, all)</script>'

const waiting = 'navigator.locks.query().then(({ pending }) => pending.length)'

/** An app whose page has nothing but the helper, and what reached it: method and path with the status answered. */
interface App {
  readonly url: string
  readonly seen: string[]
  readonly events: string[]
  /** What refresh waits for, or answers in place of the session's verb. */
  onRefresh: () => Promise<Response | undefined>
  readonly server: Server
}

async function startApp(): Promise<App> {
  const events: string[] = []
  const seen: string[] = []
  const sessions = createSessions({
    keyring: await createKeyring(),
    issuer: 'https://app.example',
    audience: 'https://app.example',
    onEvent: ({ type }) => events.push(type),
  })
  const { requireAuth, session } = honoAuth({ sessions })
  const script = await readFile(fileURLToPath(helper), 'utf8')
  const hono = new Hono()
  hono.use(async (c, next) => {
    await next()
    seen.push(`${c.req.method} ${c.req.path} ${c.res.status}`)
  })
  hono.get('/', (c) => c.html(page))
  hono.get('/helper.js', (c) => c.body(script, 200, { 'content-type': 'text/javascript' }))
  hono.post('/session', (c) => session.start(c, { sub: 'ann' }))
  hono.delete('/session', session.end)
  hono.post('/session/refresh', async (c) => (await app.onRefresh()) ?? session.refresh(c))
  hono.get('/me', requireAuth(), (c) => c.text(c.var.auth.claims.sub ?? ''))
  hono.post('/echo', requireAuth(), async (c) => c.text(await c.req.text()))
  hono.get('/step-up', (c) =>
    c.body(null, 401, { 'www-authenticate': 'Bearer error="insufficient_user_authentication", max_age="60"' }),
  )
  const server = createServer(getRequestListener(hono.fetch))
  const app: App = {
    url: `http://localhost:${await listen(server)}`,
    seen,
    events,
    server,
    onRefresh: async () => undefined,
  }
  return app
}

describe('call, in Chromium', needs(chromiumMissing), () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser?.close())

  const test = baseTest.extend<{ app: App; context: BrowserContext }>({
    app: async ({ onTestFinished }, use) => {
      const app = await startApp()
      onTestFinished(() => close(app.server))
      await use(app)
    },
    context: async ({ onTestFinished }, use) => {
      const context = await browser.newContext()
      onTestFinished(() => context.close())
      await use(context)
    },
  })

  async function open(context: BrowserContext, { url }: App): Promise<Page> {
    const tab = await context.newPage()
    await tab.goto(url)
    return tab
  }

  /** As many tabs of one browser, signed in, whose access cookie has gone as if it had expired. */
  async function expired(context: BrowserContext, app: App, count: number): Promise<Page[]> {
    const tabs = await Promise.all(Array.from({ length: count }, () => open(context, app)))
    await tabs[0]?.evaluate("fetch('/session', { method: 'POST' })")
    await context.clearCookies({ name: '__Host-access' })
    app.seen.length = 0
    return tabs
  }

  function answerOf(tab: Page, call = "call('/me')"): Promise<unknown> {
    return tab.evaluate(`${call}.then(async (answer) => answer.status + ' ' + (await answer.text()))`)
  }

  /** Has refreshes wait until as many have come, so that each brings the cookie of before the first answer. */
  function together(count: number): () => Promise<undefined> {
    let release = () => {}
    const all = new Promise<void>((resolve) => {
      release = resolve
    })
    let come = 0
    return async () => {
      come += 1
      if (come === count) release()
      await all
      return undefined
    }
  }

  const refreshes = (app: App) => app.seen.filter((line) => line.startsWith('POST /session/refresh'))

  test('ten tabs share one refresh, and each gets its answer', async ({ app, context }) => {
    const tabs = await expired(context, app, 10)
    // Until the nine others stand in line.
    app.onRefresh = async () => {
      await expect.poll(() => tabs[0]?.evaluate(waiting)).toBe(9)
      return undefined
    }
    expect(await Promise.all(tabs.map((tab) => answerOf(tab)))).toEqual(tabs.map(() => '200 ann'))
    expect(refreshes(app)).toEqual(['POST /session/refresh 200'])
    expect(app.events.filter((type) => type !== 'denied')).toEqual(['session_started', 'session_refreshed'])
  })

  test('ten tabs with three calls each, however they meet, stay in one session', async ({ app, context }) => {
    const tabs = await expired(context, app, 10)
    const calls = "Promise.all([1, 2, 3].map(() => call('/me'))).then((all) => all.map(({ status }) => status))"
    expect(await Promise.all(tabs.map((tab) => tab.evaluate(calls)))).toEqual(tabs.map(() => [200, 200, 200]))
    expect(new Set(refreshes(app))).toEqual(new Set(['POST /session/refresh 200']))
    expect(app.events).not.toContain('refresh_reused')
  })

  test('tabs without Web Locks that refresh at once stay in one session', async ({ app, context }) => {
    await context.addInitScript("Object.defineProperty(navigator, 'locks', { value: undefined })")
    const tabs = await expired(context, app, 3)
    app.onRefresh = together(3)
    expect(await Promise.all(tabs.map((tab) => answerOf(tab)))).toEqual(tabs.map(() => '200 ann'))
    expect(refreshes(app)).toHaveLength(3)
    expect(app.events).not.toContain('refresh_reused')
  })

  test('an outage is never a 401, in no tab', async ({ app, context }) => {
    const tabs = await expired(context, app, 3)
    const refusals = () => app.seen.filter((line) => line === 'GET /me 401').length
    app.onRefresh = async () => {
      await expect.poll(refusals).toBeGreaterThanOrEqual(3)
      return new Response('later', { status: 503 })
    }
    expect(await Promise.all(tabs.map((tab) => answerOf(tab)))).toEqual(tabs.map(() => '503 later'))
    app.onRefresh = async () => undefined
    expect(await Promise.all(tabs.map((tab) => answerOf(tab)))).toEqual(tabs.map(() => '200 ann'))
  })

  test('who is signed out gets the 401 of what was asked, after one refresh', async ({ app, context }) => {
    const [tab] = await expired(context, app, 1)
    if (tab === undefined) throw new Error('there is no tab')
    await context.clearCookies()
    expect(await answerOf(tab)).toContain(
      '401 {"type":"about:blank","title":"Unauthorized","status":401,"code":"token_missing"',
    )
    expect(app.seen).toEqual(['GET /me 401', 'POST /session/refresh 401'])
  })

  test('a device-bound session is refreshed by the browser: the request is sent again', async ({ app, context }) => {
    const [tab] = await expired(context, app, 1)
    if (tab === undefined) throw new Error('there is no tab')
    app.onRefresh = async () => Response.json({ code: 'proof_required' }, { status: 403 })
    expect(await answerOf(tab)).toContain('token_missing')
    expect(app.seen).toEqual(['GET /me 401', 'POST /session/refresh 403', 'GET /me 401'])
    app.onRefresh = async () => Response.json({ code: 'origin_rejected' }, { status: 403 })
    expect(await answerOf(tab)).toBe('403 {"code":"origin_rejected"}')
  })

  test('a body is sent again, a Request too, and a refresh that is not needed is not made', async ({
    app,
    context,
  }) => {
    const [tab] = await expired(context, app, 1)
    if (tab === undefined) throw new Error('there is no tab')
    expect(await answerOf(tab, "call('/echo', { method: 'POST', body: 'hello' })")).toBe('200 hello')
    const request = "call(new Request('/echo', { method: 'POST', body: new Blob(['again']) }))"
    await context.clearCookies({ name: '__Host-access' })
    expect(await answerOf(tab, request)).toBe('200 again')
    expect(await answerOf(tab, request)).toBe('200 again')
    expect(refreshes(app)).toHaveLength(2)
  })

  test('a 401 that asks for a stronger log-in refreshes nothing', async ({ app, context }) => {
    const [tab] = await expired(context, app, 1)
    if (tab === undefined) throw new Error('there is no tab')
    expect(await answerOf(tab, "call('/step-up')")).toBe('401 ')
    expect(app.seen).toEqual(['GET /step-up 401'])
  })

  test('where the refresh finds no network, the call rejects as fetch does', async ({ app, context }) => {
    const [tab] = await expired(context, app, 1)
    if (tab === undefined) throw new Error('there is no tab')
    await tab.route('**/session/refresh', (route) => route.abort())
    expect(await tab.evaluate("call('/me').catch((error) => error.name)")).toBe('TypeError')
    await tab.unroute('**/session/refresh')
    expect(await answerOf(tab, "createCall({ refresh: '/session/refresh' })('/me')")).toBe('200 ann')
  })
})

baseTest('the helper is one file without a dependency, of less than 1 KiB', async () => {
  const { text, modules } = await bundle("export * from '@latchkey/session/browser'", 'browser', [])
  expect(Buffer.byteLength(text)).toBeLessThan(1024)
  expect(modules.filter((path) => path !== '<stdin>')).toHaveLength(1)
})
