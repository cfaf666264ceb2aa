import { describe, expect, it } from 'vitest'
import { Browser } from './harness/browser.js'
import { cookieFrameworks, startCookieApp } from './harness/cookie-app.js'

// Nobody attacks: guards stand behind each other, or before a verb. If each presented the same refresh cookie, the second would look
// like a thief, and the first page after the access token has expired would sign the user out.

describe.each(cookieFrameworks)('%s', (framework) => {
  it.each([
    ['GET', '/page'],
    ['GET', '/me'],
    ['POST', '/session/refresh'],
  ])('%s %s behind another refreshing guard refreshes once', async (method, path) => {
    const { url, events, advance } = await startCookieApp(framework)
    const browser = new Browser(url)
    await browser.ask('POST', '/login?sub=alice')
    for (const how of ['expired', 'gone']) {
      if (how === 'gone') browser.loseAccess()
      else advance(400)
      expect((await browser.ask(method, path)).status).toBe(200)
    }
    const types = events.map(({ type }) => type)
    expect(types).toEqual(['session_started', 'session_refreshed', 'session_refreshed'])
  })
})
