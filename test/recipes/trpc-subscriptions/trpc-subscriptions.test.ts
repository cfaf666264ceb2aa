import { once } from 'node:events'
import { createVerifier } from '@latchkey/core'
import { createTestIssuer } from '@latchkey/testing'
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client'
import { afterEach, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { serveUntilEnd } from '../serve.js'
import { type AppRouter, createApp } from './app.js'

let time = Math.floor(Date.now() / 1000)
const clock = () => time
const issuer = createTestIssuer({ clock })
const tokenFrom = ['header', { cookie: 'access' }] as const
const verifier = createVerifier({
  issuer: issuer.url,
  audience: issuer.audience,
  fetch: issuer.fetch,
  clock,
  tokenFrom,
})
const url = await serveUntilEnd(createApp(verifier))

const tokenOf = (sub: string) => issuer.token({ claims: { sub, exp: time + 60 } })

let close: (() => void) | undefined
afterEach(() => close?.())

/** A client that has the cookie of whoever is signed in, as a page of the origin would. */
function connect(tokens: () => string, onClose: (cause?: { code?: number }) => void) {
  class Socket extends WebSocket {
    constructor(address: string) {
      super(address, { headers: { cookie: `access=${tokens()}`, origin: url } })
    }
  }
  vi.stubGlobal('WebSocket', Socket)
  const client = createWSClient({ url: url.replace('http', 'ws'), retryDelayMs: () => 0, onClose })
  close = () => void client.close()
  return createTRPCClient<AppRouter>({ links: [wsLink({ client })] })
}

test.each([
  ['nobody', {}, 401],
  ['a bad token', { authorization: `Bearer ${issuer.badToken('expired').token}` }, 401],
  ['a page of another origin', { cookie: `access=${tokenOf('alice')}`, origin: 'https://evil.example' }, 403],
])('%s is refused before the connection opens', async (_who, headers, status) => {
  const [, response] = await once(new WebSocket(url.replace('http', 'ws'), { headers }), 'unexpected-response')
  expect(response.statusCode).toBe(status)
})

test('a subscription ends with the token, and goes on with a new one', async () => {
  const codes: unknown[] = []
  const client = connect(
    () => tokenOf('alice'),
    (cause) => codes.push(cause?.code),
  )
  expect(await client.me.query()).toBe('alice')
  const seen: string[] = []
  const subscription = client.greetings.subscribe(undefined, { onData: (text) => seen.push(text) })
  await expect.poll(() => seen).toEqual(['Hello, alice'])
  time += 60
  await expect.poll(() => seen).toEqual(['Hello, alice', 'Hello, alice'])
  expect(codes).toEqual([4401])
  subscription.unsubscribe()
})
