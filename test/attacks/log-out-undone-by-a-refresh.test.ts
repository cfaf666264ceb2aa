import { describe, expect, it } from 'vitest'
import { Browser } from './harness/browser.js'
import { cookieFrameworks, startCookieApp } from './harness/cookie-app.js'

// A shared computer. An app-wide guard refreshes in passing; if its fresh cookies came behind those of the handler, who logs out
// would stay logged in, and who logs in would be whoever was there before.

describe.each(cookieFrameworks)('%s', (framework) => {
  it.each(['/session', '/session/all'])('DELETE %s leaves the next visitor nothing', async (path) => {
    const { url } = await startCookieApp(framework)
    const browser = new Browser(url)
    await browser.ask('POST', '/login?sub=alice')
    browser.loseAccess()
    expect((await browser.ask('DELETE', path)).status).toBe(204)
    expect([...browser.cookies]).toEqual([])
    expect((await browser.ask('GET', '/page')).status).toBe(401)
  })

  it('a log-in over the cookies of somebody else is theirs who logs in', async () => {
    const { url } = await startCookieApp(framework)
    const browser = new Browser(url)
    await browser.ask('POST', '/login?sub=alice')
    browser.loseAccess()
    await browser.ask('POST', '/login?sub=bob')
    expect(await (await browser.ask('GET', '/me')).text()).toBe('bob')
    browser.loseAccess()
    expect(await (await browser.ask('GET', '/page')).text()).toBe('bob')
  })
})
