import { expect } from 'vitest'
import { Browser } from './browser.js'
import type { Setting } from './setting.js'

/** Somebody who logs in and consents. */
export const alice: Readonly<Record<string, string>> = { account: 'alice', consent: 'yes' }

/** Logs in all the way. */
export async function logIn(setting: Setting, browser: Browser = new Browser(), person = alice): Promise<Browser> {
  const { at } = await browser.follow(`${setting.url}/log-in?returnTo=/me`, person)
  expect(at).toBe(`${setting.url}/me`)
  return browser
}

/** Who the app says is there: status, and subject or code. */
export async function me(setting: Setting, browser: Browser): Promise<string> {
  const response = await browser.send(`${setting.url}/me`)
  const { sub, code }: { sub?: string; code?: string } = JSON.parse(await response.text())
  return `${response.status} ${sub ?? code}`
}
