import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type RunningProvider, startProvider } from '../provider/provider.js'
import { needs } from '../servers/needs.js'
import { freePort, Program } from '../servers/program.js'
import { chromiumMissing, cookiesOf, launchChromium } from './chromium.js'

const main = fileURLToPath(new URL('../../examples/pages/dist/src/main.js', import.meta.url))
const clientSecret = 'a secret between the pages and their provider'

describe('pages without script, in Chromium with scripts off', needs(chromiumMissing), () => {
  let origin: string
  let provider: RunningProvider
  let program: Program
  let browser: Browser
  const contexts: BrowserContext[] = []
  beforeAll(async () => {
    origin = `http://localhost:${await freePort()}`
    provider = await startProvider({
      clients: [
        {
          client_id: 'pages',
          client_secret: clientSecret,
          grant_types: ['authorization_code'],
          response_types: ['code'],
          redirect_uris: [`${origin}/provider/callback`],
          post_logout_redirect_uris: [`${origin}/log-in`],
          backchannel_logout_uri: `${origin}/provider/back-channel`,
          backchannel_logout_session_required: true,
        },
      ],
    })
    const settings = [`ORIGIN=${origin}`, `ISSUER=${provider.issuer}`, `CLIENT_SECRET=${clientSecret}`]
    program = new Program('env', [...settings, process.execPath, main])
    browser = await launchChromium()
    await program.until(() => fetch(origin))
  })
  afterEach(() => Promise.all(contexts.splice(0).map((context) => context.close())))
  afterAll(async () => {
    await browser?.close()
    await program?.signal('SIGTERM')
    await provider?.stop()
  })

  /** A page in a browser profile of its own. */
  async function open(userAgent: string): Promise<Page> {
    const context = await browser.newContext({ javaScriptEnabled: false, userAgent })
    contexts.push(context)
    const page = await context.newPage()
    await page.goto(origin)
    return page
  }

  async function logIn(page: Page): Promise<void> {
    await page.getByLabel('Name').fill('ann')
    await page.getByLabel('Password').fill('open sesame')
    await press(page, 'Log in')
    await page.getByRole('heading', { name: 'Your devices' }).waitFor()
  }

  async function logInWithProvider(page: Page, account: string): Promise<void> {
    await press(page, 'Log in with your provider')
    for (const [name, value] of [
      ['account', account],
      ['consent', 'yes'],
    ] as const) {
      const field = page.locator(`input[name=${name}]`)
      await field.fill(value)
      await field.press('Enter')
    }
    await page.getByRole('heading', { name: 'Your devices' }).waitFor()
    expect(page.url()).toBe(`${origin}/`)
  }

  const isOut = (page: Page) => page.waitForURL(`${origin}/log-in`)

  it('log-in by the form, an expired access token, log-out', async () => {
    const page = await open('laptop')
    await isOut(page)
    await page.getByLabel('Name').fill('ann')
    await page.getByLabel('Password').fill('wrong')
    await press(page, 'Log in')
    await page.getByRole('alert').waitFor()
    await logIn(page)
    await page.context().clearCookies({ name: '__Host-access' })
    await page.reload()
    await page.getByText('laptop (this one)').waitFor()
    expect([...(await cookiesOf(page.context())).keys()].sort()).toEqual(['__Host-access', '__Host-refresh'])
    await press(page, 'Log out')
    await isOut(page)
    expect(await page.context().cookies()).toEqual([])
  })

  it('another device is logged out from the page of devices', async () => {
    const [laptop, phone] = [await open('laptop'), await open('phone')]
    await logIn(phone)
    await logIn(laptop)
    await press(laptop.getByRole('listitem').filter({ hasText: 'phone' }), 'Log it out')
    await expect.poll(() => laptop.getByRole('listitem').count()).toBe(1)
    await phone.reload()
    await isOut(phone)
    await laptop.reload()
    await laptop.getByText('laptop (this one)').waitFor()
  })

  it('the provider logs in, and log-out ends the session at both ends', async () => {
    const page = await open('laptop')
    await logInWithProvider(page, 'ann')
    // Nobody with a password has that subject.
    expect(await page.getByRole('listitem').allTextContents()).toEqual([expect.stringContaining('laptop (this one)')])
    await press(page, 'Log out')
    await page.locator('button[name=logout]').click()
    await isOut(page)
    // The provider knows nobody any more: it asks.
    await logInWithProvider(page, 'bob')
  })

  it("the provider's own log-out reaches the session by its back channel", async () => {
    const page = await open('laptop')
    await logInWithProvider(page, 'carol')
    await page.goto(`${provider.issuer}/session/end?client_id=pages`)
    await page.locator('button[name=logout]').click()
    await page.getByText('You are logged out.').waitFor()
    await page.goto(origin)
    await isOut(page)
  })
})

function press(within: Page | ReturnType<Page['locator']>, name: string): Promise<void> {
  return within.getByRole('button', { name, exact: true }).click()
}
