import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { needs } from '../../servers/needs.js'
import { chromiumMissing, cookiesOf } from '../chromium.js'
import { Certificates, certificatesMissing } from './certificates.js'
import { DeviceApp, host, type Kept } from './device-app.js'
import { DeviceBrowser } from './device-browser.js'

describe('device-bound sessions in Chromium', needs(chromiumMissing ?? certificatesMissing), () => {
  let certificates: Certificates
  beforeAll(() => {
    certificates = new Certificates(host)
  })
  afterAll(() => certificates?.remove())

  let kept: Kept
  let app: DeviceApp
  let browser: DeviceBrowser
  let page: Page
  const others: { stop(): Promise<void> }[] = []
  beforeEach(async () => {
    kept = await DeviceApp.keep()
    app = await DeviceApp.start(certificates, kept)
    browser = await DeviceBrowser.start(host, certificates.home)
    page = await openPage(browser.context)
  })
  afterEach(async () => {
    await Promise.all([browser?.stop(), ...others.map((other) => other.stop())])
    others.length = 0
    await app?.stop()
  })

  async function openPage(context: BrowserContext): Promise<Page> {
    const opened = await context.newPage()
    await opened.goto(app.url)
    return opened
  }

  async function logIn(): Promise<void> {
    expect(await status(page, 'POST', '/log-in')).toBe(200)
    await expect.poll(() => app.count('session_bound')).toBe(1)
  }

  /** The access cookie is gone as after its five minutes. */
  const expire = () => browser.context.clearCookies({ name: '__Host-access' })

  it('bind at log-in, and go on over many expiries with no script of ours', async () => {
    await logIn()
    for (let times = 1; times <= 5; times++) {
      await expire()
      expect(await status(page, 'GET', '/me')).toBe(200)
      expect(app.count('session_refreshed')).toBeGreaterThanOrEqual(times)
    }
    expect(app.count('device_mismatch')).toBe(0)
    expect(app.count('refresh_reused')).toBe(0)
  })

  it('are of no use to a profile that the cookies were copied to; the owner stays in', async () => {
    await logIn()
    const thief = await DeviceBrowser.start(host, certificates.home)
    others.push(thief)
    await thief.context.addCookies(await browser.context.cookies())
    const stolen = await openPage(thief.context)
    // What is left of the access token is what the copy is good for.
    expect(await status(stolen, 'GET', '/me')).toBe(200)
    await thief.context.clearCookies({ name: '__Host-access' })
    expect(await status(stolen, 'POST', '/session/refresh')).toBe(403)
    expect(await status(stolen, 'GET', '/me')).toBe(401)
    expect(app.count('device_mismatch')).toBe(0)
    const forged = await stolen.evaluate(forgeProof)
    expect(forged).toBe(403)
    expect(app.count('device_mismatch')).toBe(1)

    await expire()
    expect(await status(page, 'GET', '/me')).toBe(200)
    expect(app.count('refresh_reused')).toBe(0)
    expect(app.count('session_ended')).toBe(0)
  })

  it('serve two tabs at once', async () => {
    await logIn()
    const second = await openPage(browser.context)
    for (let times = 0; times < 3; times++) {
      await expire()
      const both = await Promise.all([status(page, 'GET', '/me'), status(second, 'GET', '/me')])
      expect(both).toEqual([200, 200])
    }
    expect(app.count('refresh_reused')).toBe(0)
  })

  it('survive an answer that was lost', async () => {
    await logIn()
    await expire()
    app.loseNextRefresh = true
    await status(page, 'GET', '/me')
    expect(app.loseNextRefresh).toBe(false)
    await expect.poll(() => status(page, 'GET', '/me')).toBe(200)
    expect(app.count('refresh_reused')).toBe(0)
    expect(app.count('device_mismatch')).toBe(0)
  })

  it('end at log-out', async () => {
    await logIn()
    expect(await status(page, 'DELETE', '/session')).toBe(204)
    expect(await status(page, 'GET', '/me')).toBe(401)
    expect([...(await cookiesOf(browser.context)).keys()]).toEqual([])
  })

  it('go on after a restart of the server', async () => {
    await logIn()
    const { port } = app
    await app.stop()
    app = await DeviceApp.start(certificates, kept, port)
    await expire()
    await expect.poll(() => status(page, 'GET', '/me')).toBe(200)
  })

  it('are ordinary ones in a browser without the feature', async () => {
    const plain = await DeviceBrowser.start(host, certificates.home, false)
    others.push(plain)
    const opened = await openPage(plain.context)
    expect(await status(opened, 'POST', '/log-in')).toBe(200)
    await plain.context.clearCookies({ name: '__Host-access' })
    expect(await status(opened, 'GET', '/me')).toBe(401)
    expect(await status(opened, 'POST', '/session/refresh')).toBe(200)
    expect(await status(opened, 'GET', '/me')).toBe(200)
    expect(app.count('session_bound')).toBe(0)
  })
})

/** Sends a request from the page, and gives the status; 0 where no answer came. */
function status(page: Page, method: string, path: string): Promise<number> {
  return page.evaluate(
    ([method, path]) =>
      fetch(path, { method }).then(
        (response) => response.status,
        () => 0,
      ),
    [method, path] as const,
  )
}

/** Runs in the thief's page: answers the challenge with a key of its own. Gives the status. */
async function forgeProof(): Promise<number> {
  const asked = await fetch('/session/refresh', { method: 'POST' })
  const challenge = /"([^"]+)"/.exec(asked.headers.get('secure-session-challenge') ?? '')?.[1]
  const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
  const base64url = (text: string) => btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  const input = `${base64url('{"alg":"ES256","typ":"dbsc+jwt"}')}.${base64url(JSON.stringify({ jti: challenge }))}`
  const bytes = new TextEncoder().encode(input)
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, bytes)
  const proof = `${input}.${base64url(String.fromCharCode(...new Uint8Array(signature)))}`
  const answer = await fetch('/session/refresh', { method: 'POST', headers: { 'secure-session-response': proof } })
  return answer.status
}
