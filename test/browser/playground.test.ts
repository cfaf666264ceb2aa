import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, test as baseTest, beforeAll, describe, expect } from 'vitest'
import { needs } from '../servers/needs.js'
import { chromiumMissing, cookiesOf, launchChromium } from './chromium.js'
import { Playground, type Tab } from './playground.js'

const frameworks = ['Fastify', 'Express', 'Hono']
const shortLife = 4

describe('the playground in Chromium', needs(chromiumMissing), () => {
  let browser: Browser
  let playground: Playground
  let fleeting: Playground
  beforeAll(async () => {
    ;[browser, playground, fleeting] = await Promise.all([
      launchChromium(),
      Playground.start(30),
      Playground.start(shortLife),
    ])
  })
  afterAll(() => Promise.all([browser?.close(), playground?.stop(), fleeting?.stop()]))
  /** Each test has a browser profile of its own. */
  const test = baseTest.extend<{ context: BrowserContext }>({
    context: async ({ onTestFinished }, use) => {
      const context = await browser.newContext()
      onTestFinished(() => context.close())
      await use(context)
    },
  })

  async function loggedIn(context: BrowserContext, framework: string): Promise<Tab> {
    const tab = await playground.open(context, framework)
    await tab.logIn('ann')
    return tab
  }

  test.concurrent.for(frameworks)(
    '%s: the access token expires, a call refreshes it, and so does the button; log-out means it',
    async (framework, { context, expect }) => {
      const tab = await fleeting.open(context, framework)
      await tab.logIn('ann')
      await tab.waitFor('expired')
      await expect.poll(async () => [...(await cookiesOf(context)).keys()]).toEqual(['__Host-refresh'])
      await tab.page.getByLabel('on 401').uncheck()
      expect(await tab.call('GET /me')).toEqual(['GET /me 401 token_missing'])
      await tab.page.getByLabel('on 401').check()
      const refreshed = ['GET /me 401 token_missing', 'POST /session/refresh 200', 'GET /me 200']
      expect(await tab.call('GET /me')).toEqual(refreshed)
      await tab.waitFor('in')

      const refreshToken = async () => (await cookiesOf(context)).get('__Host-refresh')
      const before = await refreshToken()
      await tab.press('Refresh')
      await tab.page.getByText('Both tokens are new.').waitFor()
      expect(await refreshToken()).not.toBe(before)

      await tab.press('Log out')
      await tab.waitFor('out')
      expect(await context.cookies()).toEqual([])
      expect(await tab.status('POST', '/session/refresh')).toBe(401)
    },
  )

  describe.each(frameworks)('%s', (framework) => {
    test('two cookies that no script and no event shows; routes that answer by scope', async ({ context }) => {
      const tab = await playground.open(context, framework)
      await tab.page.getByLabel('also grant').check()
      await tab.logIn('root')
      const hidden = { httpOnly: true, secure: true, path: '/', domain: 'localhost' }
      expect(await context.cookies()).toEqual([
        expect.objectContaining({ ...hidden, name: '__Host-access', sameSite: 'Lax' }),
        expect.objectContaining({ ...hidden, name: '__Host-refresh', sameSite: 'Strict' }),
      ])
      expect(await tab.page.evaluate('document.cookie')).toBe('')
      expect(await tab.page.locator('#cookie').textContent()).toBe('"" (empty)')
      await tab.sees('session_started')
      const shown = JSON.stringify(await tab.events())
      const [access = '', refresh = ''] = (await cookiesOf(context)).values()
      for (const secret of [access, refresh].map((token) => token.slice(token.indexOf('.')))) {
        expect(shown).not.toContain(secret)
      }

      expect(await tab.call('GET /admin')).toEqual(['GET /admin 200'])
      await tab.press('Log out')
      await tab.waitFor('out')
      await tab.page.getByLabel('also grant').uncheck()
      await tab.logIn('ann')
      expect(await tab.call('GET /posts')).toEqual(['GET /posts 200'])
      expect(await tab.call('GET /admin')).toEqual(['GET /admin 403 scope_insufficient'])
      await tab.sees('Refused: scope_insufficient.')
    })

    test.for([
      ['Another site', 'cross-site', false, '401 token_missing'],
      ['Same site, another origin', 'same-site', true, '403 origin_rejected'],
    ] as const)(
      '%s: what it sends is refused, and nothing has changed',
      async ([site, fetchSite, carriesCookies, guarded], { context }) => {
        const tab = await loggedIn(context, framework)
        const before = { cookies: await context.cookies(), posts: await postsSeenBy(tab) }
        await tab.press(site)
        const other = tab.page.frameLocator('#other')
        for (const [button, path, refusal] of [
          ['Publish as you', '/posts', guarded],
          ['Log you in as me', '/session', '403 origin_rejected'],
          ['Use up your refresh token', '/session/refresh', '403 origin_rejected'],
        ] as const) {
          const answered = tab.page.waitForResponse(`${playground.url(framework)}${path}`)
          await other.getByRole('button', { name: button }).click()
          const response = await answered
          const sent = await response.request().allHeaders()
          expect([path, response.status(), sent['sec-fetch-site'], 'cookie' in sent]).toEqual([
            path,
            Number.parseInt(refusal, 10),
            fetchSite,
            carriesCookies,
          ])
          await other.frameLocator('iframe').getByText(refusal.slice(4)).waitFor()
        }
        for (const [button, stopped] of [
          ['Log you out everywhere', 'DELETE /session/all'],
          ['Read who you are', 'GET /me'],
        ] as const) {
          await other.getByRole('button', { name: button }).click()
          await other.getByText(`The browser does not let this page send ${stopped}`).waitFor()
        }
        expect({ cookies: await context.cookies(), posts: await postsSeenBy(tab) }).toEqual(before)
        expect(await tab.call('GET /me')).toEqual(['GET /me 200'])
        const told = async () => (await tab.events()).map(({ type, code = '' }) => `${type} ${code}`.trim())
        await expect
          .poll(told)
          .toEqual([
            ...(carriesCookies ? [] : ['denied token_missing']),
            'denied origin_rejected',
            'denied origin_rejected',
            `denied ${guarded.slice(4)}`,
            'session_started',
          ])
      },
    )
  })

  test('two tabs of two apps that refresh at once, ten times, stay in one session', async ({ context }) => {
    const tabs = [await loggedIn(context, 'Fastify'), await playground.open(context, 'Hono')] as const
    const session = await tabs[0].session()
    expect(await tabs[1].session()).toBe(session)
    for (let round = 0; round < 10; round++) {
      const statuses = await Promise.all(tabs.map((tab) => tab.status('POST', '/session/refresh')))
      expect(statuses).toEqual([200, 200])
    }
    await Promise.all(tabs.map((tab) => tab.press('Refresh')))
    for (const tab of tabs) await tab.page.getByText('Both tokens are new.').waitFor()
    for (const tab of tabs) expect(await tab.call('GET /me')).toEqual(['GET /me 200'])

    const eventsOf = async () => (await tabs[0].events()).filter((event) => event.session === session)
    await expect.poll(eventsOf).toHaveLength(1 + 22)
    const events = await eventsOf()
    const types = events.map(({ type }) => type)
    expect(types.filter((type) => type !== 'session_refreshed')).toEqual(['session_started'])
    // Else they were never at once, and nothing was shown.
    expect(events.filter(({ repeated }) => repeated).length).toBeGreaterThan(0)
    expect(await tabs[1].session()).toBe(session)
  })

  test('log-out everywhere ends the session of another browser too, whose page says so', async ({ context }) => {
    const here = await loggedIn(context, 'Express')
    const elsewhere = await browser.newContext()
    const there = await playground.open(elsewhere, 'Fastify')
    await there.logIn('ann')
    expect(await there.session()).not.toBe(await here.session())
    await here.press('Log out everywhere')
    await here.waitFor('out')
    await there.waitFor('out')
    await there.page.getByText('This session has ended.').waitFor()
    expect(await there.call('GET /me')).toEqual(['GET /me 401 token_rejected', expect.stringMatching(/401/)])
    expect(await there.status('POST', '/session/refresh')).toBe(401)
    await elsewhere.close()
  })

  test('keys rotate without a refused request', async ({ context }) => {
    const tab = await loggedIn(context, 'Hono')
    const kids = () => tab.page.locator('#keys tr td:first-child').allTextContents()
    const [, coming] = await kids()
    const calls = tab.page.evaluate(async () => {
      const statuses = new Set<number>()
      for (let n = 0; n < 60; n++) {
        statuses.add((await fetch('/me')).status)
        if (n % 10 === 0) statuses.add((await fetch('/session/refresh', { method: 'POST' })).status)
      }
      return [...statuses]
    })
    await tab.press('Rotate')
    await tab.page.getByText('Rotated.').waitFor()
    expect((await kids())[0]).toBe(coming)
    const rotations = [1, 2].map(() => tab.status('POST', '/keys/rotate'))
    expect(await Promise.all(rotations)).toEqual([200, 200])
    expect(await calls).toEqual([200])
    expect((await tab.events()).filter(({ type }) => type === 'denied')).toEqual([])
  })

  test('a stolen refresh token ends the session, for both', async ({ context }) => {
    const tab = await loggedIn(context, 'Express')
    await tab.press('1. Copy it')
    await tab.page.getByText('The thief has a copy.').waitFor()
    await tab.press('2. Refresh twice')
    await tab.page.getByText('the copy is old').waitFor()
    await tab.press('3. Use the copy')
    await tab.page.getByText('The thief got 401 refresh_rejected.').waitFor()
    await tab.waitFor('out')
    const types = (await tab.events()).map(({ type }) => type)
    expect(types.filter((type) => type === 'refresh_reused')).toEqual(['refresh_reused'])
  })

  test('on a phone nothing is cut off, and the keyboard suffices to log in', async ({ context }) => {
    const tab = await playground.open(context, 'Fastify')
    await tab.page.setViewportSize({ width: 375, height: 667 })
    await tab.page.getByLabel('User name').focus()
    await tab.page.keyboard.press('Enter')
    await tab.waitFor('in')
    await tab.page.locator('#refresh:focus').waitFor()
    await tab.press('Another site')
    expect(await tab.page.evaluate('document.documentElement.scrollWidth')).toBe(375)
  })
})

/** The posts, as the page's own script reads them. */
function postsSeenBy(tab: Tab): Promise<unknown> {
  return tab.page.evaluate(async () => (await fetch('/posts')).json())
}
