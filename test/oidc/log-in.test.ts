import { get } from 'node:http'
import { describe, expect, test } from 'vitest'
import { Browser } from './browser.js'
import { alice, logIn, me } from './people.js'
import { frameworks, type Setting, startSetting } from './setting.js'

/** Goes through the log-in until the provider sends the browser back, and gives that address. */
async function untilCallback(setting: Setting, browser = new Browser(), person = alice): Promise<string> {
  const { at } = await browser.follow(`${setting.url}/log-in?returnTo=/me`, person, `${setting.url}/callback`)
  return at
}

async function refusal(response: Response): Promise<string> {
  const { code }: { code?: string } = JSON.parse(await response.text())
  return `${response.status} ${code}`
}

/** Sends a Host field of its own making, which `fetch` does not. */
function statusFor(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = get(url, { headers: { host } }, (response) => resolve(response.resume().statusCode))
    sent.once('error', reject)
  })
}

describe.each(Object.keys(frameworks))('%s', { timeout: 30_000 }, (framework) => {
  test('log-in with the provider, and log-out at both ends', async () => {
    await using setting = await startSetting(framework)
    const browser = await logIn(setting)
    expect(await me(setting, browser)).toBe('200 user alice')
    expect(setting.loggedIn[0]?.claims).toMatchObject({ iss: setting.provider.issuer, sub: 'alice', aud: 'web' })
    expect(setting.loggedIn[0]?.view.header('cookie')).toContain('__Host-login-')
    // The session's two cookies, and nothing of the log-in or the provider's tokens.
    expect([...browser.cookies(setting.url).keys()].sort()).toEqual(['__Host-access', '__Host-refresh'])

    const out = await browser.send(`${setting.url}/log-out`, { method: 'POST' })
    expect([out.status, out.headers.get('cache-control')]).toEqual([303, 'no-store'])
    const end = out.headers.get('location') ?? ''
    expect(end).toMatch(`${setting.provider.issuer}/session/end?`)
    expect(await me(setting, browser)).toBe('401 token_missing')
    const { at } = await browser.follow(end, {}, `${setting.url}/bye`)
    expect(at).toMatch(`${setting.url}/bye`)
    // At the provider nobody is logged in any more: it asks who is there.
    await browser.follow(`${setting.url}/log-in`, { account: 'bob', consent: 'yes' })
    expect(await me(setting, browser)).toBe('200 user bob')
  })

  test("the provider's log-out reaches the session by its back channel", async () => {
    await using setting = await startSetting(framework)
    const here = await logIn(setting)
    const there = await logIn(setting)
    await here.follow(`${setting.provider.issuer}/session/end?client_id=web`, {})
    expect(await me(setting, here)).toBe('401 token_rejected')
    // `sid` names one session: the one of the other browser lives.
    expect(await me(setting, there)).toBe('200 user alice')
    expect((await here.send(`${setting.url}/session/refresh`, { method: 'POST' })).status).toBe(401)
    await logIn(setting, here)
    expect(await me(setting, here)).toBe('200 user alice')
  })

  test('a callback that this browser has not begun, used twice, or ten minutes late', async () => {
    await using setting = await startSetting(framework)
    const browser = new Browser()
    const callback = await untilCallback(setting, browser)
    const other = new Browser()
    expect(await refusal(await other.send(callback))).toBe('400 request_malformed')
    const cookies = new Map(browser.cookies(setting.url))
    expect((await browser.send(callback)).status).toBe(303)
    for (const [name, value] of cookies) browser.cookies(setting.url).set(name, value)
    expect(await refusal(await browser.send(callback))).toBe('400 request_malformed')

    const late = await untilCallback(setting, other)
    setting.advance(601)
    expect(await refusal(await other.send(late))).toBe('400 request_malformed')
    expect(setting.loggedIn).toHaveLength(1)
  })

  test('two log-ins in two tabs of one browser, each to its end', async () => {
    await using setting = await startSetting(framework)
    const browser = new Browser()
    const first = await untilCallback(setting, browser)
    const second = await untilCallback(setting, browser)
    expect((await browser.send(first)).status).toBe(303)
    expect((await browser.send(second)).status).toBe(303)
    expect(await me(setting, browser)).toBe('200 user alice')
  })

  test.each(['a b', '[::1'])('a Host that is none, %j, is no error of the app', async (host) => {
    await using setting = await startSetting(framework)
    for (const target of ['/log-in?returnTo=/me', '/callback?state=a&code=b']) {
      expect([303, 400]).toContain(await statusFor(`${setting.url}${target}`, host))
    }
  })

  test('a user who does not consent is not logged in', async () => {
    await using setting = await startSetting(framework)
    const browser = new Browser()
    const callback = await untilCallback(setting, browser, { account: 'alice', consent: 'no' })
    expect(await refusal(await browser.send(callback))).toBe('400 request_malformed')
    expect(setting.loggedIn).toEqual([])
  })
})

describe('what comes back from the provider', { timeout: 30_000 }, () => {
  test.each<[string, (callback: URL) => void]>([
    ['another state', (callback) => callback.searchParams.set('state', 'a'.repeat(43))],
    ['no state', (callback) => callback.searchParams.delete('state')],
    ['two states', (callback) => callback.searchParams.append('state', 'b')],
    ['another issuer', (callback) => callback.searchParams.set('iss', 'https://other.example')],
    ['no issuer, though this one always says it', (callback) => callback.searchParams.delete('iss')],
    ['another code', (callback) => callback.searchParams.set('code', 'made-up')],
    ['no code', (callback) => callback.searchParams.delete('code')],
  ])('%s', async (_, change) => {
    await using setting = await startSetting('Hono')
    const browser = new Browser()
    const callback = new URL(await untilCallback(setting, browser))
    change(callback)
    expect(await refusal(await browser.send(callback.href))).toBe('400 request_malformed')
    expect(setting.loggedIn).toEqual([])
  })

  test("a code that was given to another browser's log-in", async () => {
    await using setting = await startSetting('Hono')
    const [mine, theirs] = [new Browser(), new Browser()]
    const callback = new URL(await untilCallback(setting, mine))
    const stolen = new URL(await untilCallback(setting, theirs, { account: 'mallory', consent: 'yes' }))
    callback.searchParams.set('code', stolen.searchParams.get('code') ?? '')
    expect(await refusal(await mine.send(callback.href))).toBe('400 request_malformed')
    expect(setting.loggedIn).toEqual([])
  })

  test('a provider that is away is 503, at each step', async () => {
    await using setting = await startSetting('Hono')
    const browser = new Browser()
    const callback = await untilCallback(setting, browser)
    await setting.provider.stop()
    expect(await refusal(await browser.send(callback))).toBe('503 keys_unavailable')
    await using another = await startSetting('Hono')
    await another.provider.stop()
    expect(await refusal(await browser.send(`${another.url}/log-in`))).toBe('503 keys_unavailable')
  })
})

const elsewhere = [
  'https://evil.example',
  'http://evil.example',
  '//evil.example',
  '///evil.example',
  '////evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '\\/evil.example',
  '/\\/evil.example',
  '/\t/evil.example',
  '\t//evil.example',
  '/\n/evil.example',
  '/\r/evil.example',
  ' //evil.example',
  '/ /evil.example',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,x',
  'evil.example',
  'evil.example/',
  '@evil.example',
  ':80',
  '?x',
  '#x',
  '',
  '.',
  './/evil.example',
  'https:evil.example',
  'https:/evil.example',
  '/\u0000/evil.example',
  '/é',
  '/path\\..\\evil',
  '\u2044/evil.example',
  '/\u200b/evil.example',
  `/${'x'.repeat(1024)}`,
]

test.each(elsewhere)('returnTo %j leads nowhere', async (returnTo) => {
  await using setting = await startSetting('Hono')
  const response = await new Browser().send(`${setting.url}/log-in?returnTo=${encodeURIComponent(returnTo)}`)
  expect(await refusal(response)).toBe('400 request_malformed')
  expect(response.headers.getSetCookie()).toEqual([])
})
