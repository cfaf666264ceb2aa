import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { honoAuth } from '@latchkey/hono'
import { createKeyring, createSessions, memoryStore } from '@latchkey/session'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ContractServer, startServer } from '../conformance/harness/contract-server.js'
import { close, listen } from '../servers/listen.js'
import { needs } from '../servers/needs.js'
import { chromiumMissing, launchChromium } from './chromium.js'

const names = { issuer: 'https://app.example', audience: 'https://app.example' }

/** Opens a socket in a page, which remembers what comes. */
const openSocket = (url: string) => `
  seen = []
  socket = new WebSocket('${url.replace('http', 'ws')}/socket')
  socket.onmessage = ({ data }) => seen.push(data)
  socket.onclose = ({ code }) => seen.push(code)
`

describe('in Chromium', needs(chromiumMissing), () => {
  let browser: Browser
  let context: BrowserContext
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    context = await browser.newContext()
  })
  afterEach(() => context.close())

  /** A page of an origin, whose document says nothing. */
  async function pageAt(url: string): Promise<Page> {
    const page = await context.newPage()
    await page.goto(`${url}/public`)
    return page
  }

  const seenBy = (page: Page) => page.evaluate('seen')

  describe.each(['fastify', 'express', 'hono'])('a WebSocket with a cookie on %s', (framework) => {
    let server: ContractServer
    let url: string
    beforeAll(async () => {
      const sessions = { ...names, revocation: 'immediate' }
      server = await startServer(framework, { issuers: [], sessions, clock: 'manual' })
      url = `http://localhost:${server.port}`
    })
    afterAll(() => server?.stop())

    /** A page of the app with the cookies of a session. */
    async function signedIn(sub: string): Promise<Page> {
      const page = await pageAt(url)
      const body = JSON.stringify(JSON.stringify({ sub, scope: [] }))
      await page.evaluate(
        `fetch('/session', { method: 'POST', body: ${body}, headers: { 'content-type': 'application/json' } })`,
      )
      return page
    }

    test('is opened by a page of the app, and closed when the token expires', async () => {
      const page = await signedIn('alice')
      await page.evaluate(openSocket(url))
      await expect.poll(() => seenBy(page)).toEqual(['{"sub":"alice"}'])
      await page.evaluate(`fetch('/clock', { method: 'POST', body: '{"advance":300}' })`)
      await expect.poll(() => seenBy(page), { timeout: 3000 }).toEqual(['{"sub":"alice"}', 4401])
    })

    test('is opened by no page of another origin, though the same site', async () => {
      await signedIn('alice')
      const other = createServer((_req, res) => res.end('<!doctype html>'))
      const page = await pageAt(`http://localhost:${await listen(other)}`)
      await page.evaluate(openSocket(url))
      await expect.poll(() => seenBy(page)).toEqual([1006])
      const events: readonly object[] = await (await fetch(`${url}/events`)).json()
      // Refused for its origin, so the browser did send the cookie along.
      expect(events.at(-1)).toMatchObject({ type: 'denied', code: 'origin_rejected' })
      await close(other)
    })

    test('is closed by the token of another', async () => {
      const page = await signedIn('alice')
      await page.evaluate(openSocket(url))
      await expect.poll(() => seenBy(page)).toHaveLength(1)
      await signedIn('bob')
      const token = (await context.cookies()).find(({ name }) => name === '__Host-access')?.value
      await page.evaluate(`socket.send(JSON.stringify({ renew: '${token}' }))`)
      await expect.poll(() => seenBy(page)).toEqual(['{"sub":"alice"}', 4401])
    })
  })

  test('an EventSource comes back while the session lasts, and gives up after it', async () => {
    let time = Math.floor(Date.now() / 1000)
    const clock = () => time
    const keyring = await createKeyring({ clock })
    const sessions = createSessions({
      ...names,
      keyring,
      store: memoryStore({ clock }),
      clock,
      revocation: 'immediate',
    })
    const { requireAuth, session } = honoAuth({ sessions })
    const app = new Hono()
    app.get('/public', (c) => c.html('<!doctype html>'))
    app.post('/session', (c) => session.start(c, { sub: 'alice' }))
    app.get('/events', requireAuth({ refresh: true }), (c) =>
      streamSSE(c, async (events) => {
        await events.writeSSE({ data: c.var.auth.claims.exp.toString(), retry: 10 })
        await new Promise<void>((resolve) => sessions.verifier.watch(c.var.auth, resolve))
      }),
    )
    const server = createServer(getRequestListener(app.fetch))
    const page = await pageAt(`http://localhost:${await listen(server)}`)
    await page.evaluate(`fetch('/session', { method: 'POST' })`)
    await page.evaluate(`
      seen = []
      source = new EventSource('/events')
      source.onmessage = ({ data }) => seen.push(Number(data))
    `)
    const ends = [time + 300]
    await expect.poll(() => seenBy(page)).toEqual(ends)
    // With the tolerance, in which a guard would take the old token again.
    time += 311
    ends.push(time + 300)
    await expect.poll(() => seenBy(page)).toEqual(ends)
    await sessions.endAllOf('alice')
    await expect.poll(() => page.evaluate('source.readyState')).toBe(2)
    expect(await seenBy(page)).toEqual(ends)
    await close(server)
  })
})
