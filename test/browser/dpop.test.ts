import { createHash, randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { createDpop, createVerifier } from '@latchkey/core'
import { honoAuth } from '@latchkey/hono'
import { createTestIssuer } from '@latchkey/testing'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { close, listen } from '../servers/listen.js'
import { needs } from '../servers/needs.js'
import { chromiumMissing, launchChromium } from './chromium.js'

// A page of one origin calls an API of another, with proofs by a key that no script can read (RFC 9449, with Web Cryptography).

const script = `
const encode = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
const text = (value) => new TextEncoder().encode(value)
const es256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const keys = await crypto.subtle.generateKey(es256, false, ['sign', 'verify'])
const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', keys.publicKey)
window.jwk = { crv, kty, x, y }
window.stolen = () => crypto.subtle.exportKey('jwk', keys.privateKey).then(() => 'exported', ({ name }) => name)

async function prove(url, token, nonce) {
  const ath = encode(await crypto.subtle.digest('SHA-256', text(token)))
  const claims = { jti: crypto.randomUUID(), htm: 'GET', htu: url, iat: Math.floor(Date.now() / 1000), ath, nonce }
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: window.jwk }
  const input = [header, claims].map((part) => encode(text(JSON.stringify(part)))).join('.')
  return input + '.' + encode(await crypto.subtle.sign(es256, keys.privateKey, text(input)))
}

let nonce
window.ask = async (url, token) => {
  const seen = []
  for (let time = 0; time < 3; time++) {
    const response = await fetch(url, { headers: { authorization: 'DPoP ' + token, dpop: await prove(url, token, nonce) } })
    seen.push([response.status, response.headers.get('www-authenticate')])
    nonce = response.headers.get('dpop-nonce') ?? nonce
    if (response.status !== 401 || nonce === undefined) break
  }
  return seen
}
window.ready = true
`

describe('a page that proves its key, in Chromium', needs(chromiumMissing), () => {
  const issuer = createTestIssuer()
  let browser: Browser
  let [pages, api]: Server[] = []
  let pageUrl: string
  let apiUrl: string

  beforeAll(async () => {
    browser = await launchChromium()
    const { url, audience, fetch } = issuer
    const nonce = { secrets: [randomBytes(32)] }
    const { requireAuth } = honoAuth({
      verifier: createVerifier({ issuer: url, audience, fetch, dpop: createDpop({ nonce, algorithms: ['ES256'] }) }),
    })
    const shared = new Hono().get('/', (c) => c.html(`<script type="module">${script}</script>`))
    pages = createServer(getRequestListener(shared.fetch))
    pageUrl = `http://localhost:${await listen(pages)}`
    const allowHeaders = ['Authorization', 'DPoP']
    const app = new Hono()
    app.use('/shown/*', cors({ origin: pageUrl, allowHeaders, exposeHeaders: ['DPoP-Nonce', 'WWW-Authenticate'] }))
    app.use('/hidden/*', cors({ origin: pageUrl, allowHeaders }))
    app.get('/:how/me', requireAuth(), (c) => c.text('in'))
    api = createServer(getRequestListener(app.fetch))
    apiUrl = `http://localhost:${await listen(api)}`
  })
  afterAll(async () => {
    await browser?.close()
    for (const server of [pages, api]) if (server !== undefined) await close(server)
  })

  /** A page with a key of its own, and a token that is bound to it. */
  async function open(): Promise<{ readonly page: Page; readonly token: string }> {
    const page = await browser.newPage()
    await page.goto(pageUrl)
    await page.waitForFunction('window.ready')
    const jwk = await page.evaluate('window.jwk')
    const jkt = createHash('sha256').update(JSON.stringify(jwk)).digest('base64url')
    return { page, token: issuer.token({ claims: { cnf: { jkt } } }) }
  }

  const ask = (page: Page, url: string, token: string): Promise<unknown> =>
    page.evaluate(`window.ask(${JSON.stringify(url)}, ${JSON.stringify(token)})`)

  test('is told once to use a nonce, then let in, and not asked again', { timeout: 30_000 }, async () => {
    const { page, token } = await open()
    const url = `${apiUrl}/shown/me`
    expect(await ask(page, url, token)).toEqual([
      [401, expect.stringContaining('DPoP error="use_dpop_nonce"')],
      [200, null],
    ])
    expect(await ask(page, url, token)).toEqual([[200, null]])
    expect(await page.evaluate('window.stolen()')).toBe('InvalidAccessError')
    await page.close()
  })

  test('sees neither the nonce nor why where CORS does not show them', { timeout: 30_000 }, async () => {
    const { page, token } = await open()
    expect(await ask(page, `${apiUrl}/hidden/me`, token)).toEqual([[401, null]])
    await page.close()
  })
})
