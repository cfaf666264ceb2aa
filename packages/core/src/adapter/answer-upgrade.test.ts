import { once } from 'node:events'
import { createServer, get } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import { answerUpgrade, isUpgrade, type UpgradeAnswer } from './answer-upgrade.js'

let stop: (() => void) | undefined
afterEach(() => stop?.())

/** Gives what Node hands over for an upgrade, and the client's connection. */
async function upgrade(): Promise<{ readonly server: Duplex; readonly client: Socket }> {
  const http = createServer().listen(0, '127.0.0.1')
  stop = () => http.close()
  await once(http, 'listening')
  const client = connect((http.address() as AddressInfo).port, '127.0.0.1')
  client.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  const [, server] = (await once(http, 'upgrade')) as [unknown, Duplex]
  return { server, client }
}

async function textOf(client: Socket): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of client) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

const refusal: UpgradeAnswer = {
  status: 401,
  headers: [
    ['www-authenticate', 'Bearer'],
    ['Connection', 'keep-alive'],
    ['content-length', '999'],
  ],
  body: '{"é":1}',
}

test('the client gets a whole response, and the connection is closed on both ends', async () => {
  const { server, client } = await upgrade()
  await answerUpgrade(server, refusal)
  expect(server.destroyed).toBe(true)
  expect((await textOf(client)).replace(/date: .*GMT/, 'date: now')).toBe(
    'HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Bearer\r\ncontent-length: 8\r\ndate: now\r\nconnection: close\r\n\r\n{"é":1}',
  )
})

test('an HTTP client takes it for a response like another', async () => {
  const http = createServer().listen(0, '127.0.0.1')
  stop = () => http.close()
  http.on('upgrade', (_request, socket) => void answerUpgrade(socket, { status: 500, headers: [], body: '' }))
  await once(http, 'listening')
  const headers = { connection: 'Upgrade', upgrade: 'websocket' }
  const [response] = await once(get({ port: (http.address() as AddressInfo).port, headers }), 'response')
  expect([response.statusCode, response.statusMessage]).toEqual([500, ''])
  response.resume()
})

test('a client that is gone has nothing to hear', async () => {
  const { server, client } = await upgrade()
  server.destroy()
  await once(client, 'close')
  await answerUpgrade(server, refusal)
})

test('a client that goes while it is answered ends nothing but its connection', async () => {
  const { server } = await upgrade()
  const answered = answerUpgrade(server, refusal)
  server.destroy(new Error('ECONNRESET'))
  await answered
})

test.each([
  ['GET', undefined, false],
  ['GET', 'websocket', true],
  ['POST', 'h2c', true],
  ['CONNECT', undefined, true],
])('%s with Upgrade %s asks for an upgrade: %s', (method, upgrade, expected) => {
  expect(isUpgrade({ method, header: (name) => (name === 'upgrade' ? upgrade : undefined) })).toBe(expected)
})
