import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import type { ResponseCookie } from '../response-extras.js'
import { keepFromCaches } from './last-word.js'
import { serializeCookie } from './set-cookie.js'

const fresh: ResponseCookie = {
  name: '__Host-access',
  value: 'fresh',
  maxAge: 300,
  path: '/',
  domain: undefined,
  secure: true,
  sameSite: 'Lax',
}

/** What Node sends where a handler does this. */
async function sent(handler: (response: ServerResponse) => void): Promise<Response> {
  const server = createServer((_request, response) => handler(response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const handlers: [string, (response: ServerResponse) => void][] = [
  [
    'fields set one by one',
    (response) => {
      response.setHeader('Cache-Control', 'public').setHeader('CDN-Cache-Control', 'max-age=60').end('x')
    },
  ],
  ['an object', (response) => response.writeHead(200, { 'Cache-Control': 'public', 'Surrogate-Control': 'a' }).end()],
  ['a phrase and an object', (response) => response.writeHead(200, 'Fine', { 'cache-control': 'public' }).end()],
  ['a list', (response) => response.writeHead(200, ['Cache-Control', 'public', 'x-a', '1', 'X-A', '2']).end()],
  ['a stream', (response) => void response.setHeader('cache-control', 'public').write('x', () => response.end())],
]

test.each(handlers)('no-store is final over %s', async (_name, handler) => {
  const response = await sent((node) => {
    keepFromCaches(node)
    handler(node)
  })
  const { headers } = response
  expect([headers.get('cache-control'), headers.get('cdn-cache-control'), headers.get('surrogate-control')]).toEqual([
    'no-store',
    null,
    null,
  ])
})

test('no-store is final over those who listened for the head before', async () => {
  const response = await sent((node) => {
    const { writeHead } = node
    node.writeHead = (...input: unknown[]) => {
      node.setHeader('Cache-Control', 'public').setHeader('x-later', 'heard')
      return Reflect.apply(writeHead, node, input)
    }
    keepFromCaches(node)
    node.end()
  })
  expect([response.headers.get('cache-control'), response.headers.get('x-later')]).toEqual(['no-store', 'heard'])
})

test('cookies are settled when the head is written', async () => {
  const replaced = await sent((node) => {
    keepFromCaches(node, [fresh])
    node.writeHead(200, { 'set-cookie': 'theme=dark' }).end()
  })
  expect(replaced.headers.getSetCookie()).toEqual(['theme=dark', serializeCookie(fresh)])
  const cleared = await sent((node) => {
    node.setHeader('set-cookie', serializeCookie(fresh))
    keepFromCaches(node, [fresh])
    node.appendHeader('set-cookie', '__Host-access=; Max-Age=0; Path=/').end()
  })
  expect(cleared.headers.getSetCookie()).toEqual(['__Host-access=; Max-Age=0; Path=/'])
  const nothing = await sent((node) => {
    keepFromCaches(node, [fresh])
    node.end()
  })
  expect(nothing.headers.getSetCookie()).toEqual([serializeCookie(fresh)])
})

test('a second head is Node’s own error', async () => {
  let error: unknown
  await sent((node) => {
    keepFromCaches(node)
    node.writeHead(200).end()
    try {
      node.writeHead(500, { a: 'b' })
    } catch (thrown) {
      error = thrown
    }
  })
  expect(error).toMatchObject({ code: 'ERR_HTTP_HEADERS_SENT' })
})
