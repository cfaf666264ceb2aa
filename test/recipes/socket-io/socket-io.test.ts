import { createVerifier } from '@latchkey/core'
import { createTestIssuer } from '@latchkey/testing'
import { io, type Socket } from 'socket.io-client'
import { afterEach, expect, test } from 'vitest'
import { serveUntilEnd } from '../serve.js'
import { createApp } from './app.js'

let time = Math.floor(Date.now() / 1000)
const clock = () => time
const issuer = createTestIssuer({ clock })
const verifier = createVerifier({ issuer: issuer.url, audience: issuer.audience, fetch: issuer.fetch, clock })
const url = await serveUntilEnd(createApp(verifier))

let client: Socket | undefined
afterEach(() => void client?.close())

function connect(auth: object): Socket {
  client = io(url, { auth, forceNew: true, reconnection: false })
  return client
}

/** Settled with the argument of one event of the client's. */
const told = (socket: Socket, event: string) => new Promise((resolve) => socket.once(event, resolve))
const tokenOf = (sub: string, lasts = 60) => issuer.token({ claims: { sub, exp: time + lasts } })

test.each([
  ['nobody', {}, 'token_malformed'],
  ['an expired token', { token: issuer.badToken('expired').token }, 'token_expired'],
])('%s is refused with the code', async (_who, auth, code) => {
  expect(await told(connect(auth), 'connect_error')).toMatchObject({ data: { code } })
})

test('somebody is known, until the token expires', async () => {
  const socket = connect({ token: tokenOf('alice') })
  expect(await told(socket, 'hello')).toBe('alice')
  time += 60
  expect(await told(socket, 'disconnect')).toBe('io server disconnect')
})

test('a new token of the same person counts from then on', async () => {
  const socket = connect({ token: tokenOf('alice', 60) })
  await told(socket, 'hello')
  expect(await socket.emitWithAck('renew', tokenOf('alice', 120))).toBe(true)
  time += 60
  expect(await socket.emitWithAck('renew', tokenOf('alice', 300))).toBe(true)
})

test('the token of somebody else ends the connection', async () => {
  const socket = connect({ token: tokenOf('alice') })
  await told(socket, 'hello')
  const gone = told(socket, 'disconnect')
  socket.emit('renew', tokenOf('bob'), () => {})
  expect(await gone).toBe('io server disconnect')
})
