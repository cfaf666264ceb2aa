import { describe, expect, it } from 'vitest'
import { Browser } from './harness/browser.js'
import { cookieFrameworks, startCookieApp } from './harness/cookie-app.js'

// A cache before the app keeps what is public, fields and all (RFC 9111 §3, also what `CDN-Cache-Control` and `Surrogate-Control`
// say), and gives it to whoever asks next. Were there fresh tokens in it, the next visitor would be the victim.

/** Whether a shared cache would keep it. */
function isKept({ headers }: Response): boolean {
  const forCaches = ['cdn-cache-control', 'surrogate-control'].some((name) => headers.has(name))
  return forCaches || !/no-store|private/.test(headers.get('cache-control') ?? '')
}

describe.each(cookieFrameworks)('%s', (framework) => {
  it.each(['/public', '/stream', '/redirect', '/throws', '/nowhere'])(
    '%s is kept without tokens, and never with them',
    async (path) => {
      const { url } = await startCookieApp(framework)
      const visitor = await new Browser(url).ask('GET', path)
      expect([isKept(visitor), visitor.headers.getSetCookie()]).toEqual([true, []])

      const victim = new Browser(url)
      await victim.ask('POST', '/login?sub=alice')
      victim.loseAccess()
      const answer = await victim.ask('GET', path)
      expect(answer.headers.getSetCookie().length).toBeGreaterThan(1)
      expect(isKept(answer)).toBe(false)
    },
  )
})
