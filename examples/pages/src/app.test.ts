import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp } from './app.js'

const server = createServer()
let origin = ''
beforeAll(async () => {
  server.listen(0, 'localhost')
  await once(server, 'listening')
  origin = `http://localhost:${(server.address() as AddressInfo).port}`
  // Nothing listens on this port.
  const provider = { issuer: 'http://localhost:9', clientId: 'pages', clientSecret: 'secret' }
  const app = await createApp({ origin, ...provider })
  server.on('request', getRequestListener(app.fetch))
})
afterAll(() => server.close())

/** A browser without script: it keeps cookies and follows redirects. */
class Browser {
  readonly cookies = new Map<string, string>()
  readonly #name: string

  constructor(name: string) {
    this.#name = name
  }

  async get(path: string, init: RequestInit = {}): Promise<{ path: string; status: number; text: string }> {
    const cookie = [...this.cookies].map((pair) => pair.join('=')).join('; ')
    const headers = { cookie, 'user-agent': this.#name, ...init.headers }
    const response = await fetch(origin + path, { ...init, headers, redirect: 'manual' })
    for (const field of response.headers.getSetCookie()) {
      const { name = '', value = '' } = /^(?<name>[^=]+)=(?<value>[^;]*)/.exec(field)?.groups ?? {}
      if (value === '') this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    const location = response.headers.get('location')
    return response.status === 303 && location !== null
      ? this.get(location)
      : { path, status: response.status, text: await response.text() }
  }

  post(path: string, form: Record<string, string> = {}, headers = {}) {
    return this.get(path, { method: 'POST', body: new URLSearchParams(form), headers })
  }

  logIn(password = 'open sesame') {
    return this.post('/log-in', { name: 'ann', password })
  }
}

test('nobody is sent to the form, which wants the right password', async () => {
  const browser = new Browser('laptop')
  expect(await browser.get('/')).toMatchObject({ path: '/log-in', status: 200 })
  for (const name of ['ann', 'bob']) {
    expect(await browser.post('/log-in', { name, password: 'wrong' })).toMatchObject({ path: '/log-in', status: 401 })
  }
  expect(await browser.logIn()).toMatchObject({ path: '/', status: 200 })
  expect(await browser.post('/log-out')).toMatchObject({ path: '/log-in', status: 200 })
  expect([...browser.cookies]).toEqual([])
})

test('a device is logged out from another one, and sent to the form with its next request', async () => {
  const [laptop, phone] = [new Browser('laptop'), new Browser('<b>phone')]
  await phone.logIn()
  const { text } = await laptop.logIn()
  expect(text).toContain('laptop (this one)')
  expect(text).toContain('&lt;b&gt;phone: since')
  const [, ending = ''] = /&lt;b&gt;phone:.*?action="([^"]+)"/s.exec(text) ?? []
  const after = await laptop.post(ending)
  expect(after).toMatchObject({ path: '/', status: 200 })
  expect(after.text).not.toContain('phone')
  expect(await phone.get('/')).toMatchObject({ path: '/log-in' })
})

test("a form of another site and somebody else's session change nothing", async () => {
  const browser = new Browser('laptop')
  const { text } = await browser.logIn()
  const [, ending = ''] = /laptop \(this one\).*?action="([^"]+)"/s.exec(text) ?? []
  const elsewhere = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
  for (const path of [ending, '/log-out', '/log-in', '/provider/log-out']) {
    const refused = await browser.post(path, { name: 'ann', password: 'open sesame' }, elsewhere)
    expect(refused).toMatchObject({ path, status: 403 })
  }
  await browser.post('/devices/no-session-of-mine/end')
  expect(await browser.get('/')).toMatchObject({ path: '/' })
})

test('a session goes on after its access token is gone', async () => {
  const browser = new Browser('laptop')
  await browser.logIn()
  browser.cookies.delete('__Host-access')
  expect(await browser.get('/')).toMatchObject({ path: '/', status: 200 })
  expect([...browser.cookies.keys()].sort()).toEqual(['__Host-access', '__Host-refresh'])
})

test('a provider that is away is 503, and the form still works', async () => {
  const browser = new Browser('laptop')
  expect(await browser.get('/provider/log-in?returnTo=/')).toMatchObject({ status: 503 })
  expect(await browser.logIn()).toMatchObject({ path: '/' })
})
