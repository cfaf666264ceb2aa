import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { createDpop, createVerifier, type SharedOptions, type UntypedClaims, type Verifier } from '@latchkey/core'
import { createKeyring, createSessions, memoryStore } from '@latchkey/session'
import { createTestIssuer } from '@latchkey/testing'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { apps, type SocketApp } from './apps.js'

let time = Math.floor(Date.now() / 1000)
const clock = () => time

let app: SocketApp | undefined
afterEach(() => app?.close())

const issuer = createTestIssuer({ clock })
const createOwn = (options: SharedOptions<UntypedClaims> = {}): Verifier =>
  createVerifier({
    ...options,
    issuer: issuer.url,
    audience: issuer.audience,
    fetch: issuer.fetch,
    clock,
    tokenFrom: ['header', { cookie: '__Host-access' }],
  })
const token = (claims: Record<string, unknown> = {}) => issuer.token({ claims: { scope: 'chat', ...claims } })

function client(port: number, headers: Record<string, string>): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${port}/chat`, { headers })
}

/** A socket that has been greeted. */
async function open(port: number, headers: Record<string, string>): Promise<{ greeting: string; socket: WebSocket }> {
  const socket = client(port, headers)
  const [greeting] = await once(socket, 'message')
  return { greeting: String(greeting), socket }
}

/** What a client hears in place of a 101. */
async function answer(port: number, headers: Record<string, string>): Promise<IncomingMessage> {
  const [, response] = (await once(client(port, headers), 'unexpected-response')) as [unknown, IncomingMessage]
  return response
}

/** What a client hears that is refused. */
async function refusal(port: number, headers: Record<string, string>): Promise<{ status: number; code: string }> {
  const response = await answer(port, headers)
  expect(response.headers['content-type']).toBe('application/problem+json')
  return { status: response.statusCode ?? 0, code: JSON.parse(await text(response)).code }
}

const closing = async (socket: WebSocket): Promise<unknown> => (await once(socket, 'close'))[0]
const bearer = (value: string) => ({ authorization: `Bearer ${value}` })

describe.each(Object.entries(apps))('a WebSocket on %s', (_name, serve) => {
  test('is opened by a good token of the right scope, and ends when that expires', async () => {
    app = await serve(createOwn())
    expect(await refusal(app.port, {})).toEqual({ status: 401, code: 'token_missing' })
    expect(await refusal(app.port, bearer(token({ scope: '' })))).toEqual({ status: 403, code: 'scope_insufficient' })
    const { greeting, socket } = await open(app.port, bearer(token({ sub: 'alice', exp: time + 60 })))
    expect(greeting).toBe('hello alice')
    time += 60
    expect(await closing(socket)).toBe(4401)
  })

  test('ends when its key is withdrawn', async () => {
    const verifier = createOwn()
    app = await serve(verifier)
    const { socket } = await open(app.port, bearer(token()))
    const { kid } = JSON.parse(Buffer.from(token().split('.')[0] ?? '', 'base64url').toString())
    verifier.forget(kid)
    expect(await closing(socket)).toBe(4401)
  })

  test('ends when its session does', async () => {
    const names = { issuer: 'https://app.example', audience: 'https://app.example' }
    const keyring = await createKeyring({ clock })
    const sessions = createSessions({
      ...names,
      keyring,
      store: memoryStore({ clock }),
      clock,
      revocation: 'immediate',
    })
    const view = { method: 'POST', header: () => undefined, url: () => 'https://app.example/' }
    const { cookies } = await sessions.start(view, { sub: 'alice', scope: ['chat'] })
    const access = cookies.find((each) => each.name === '__Host-access')?.value
    app = await serve(sessions.verifier)
    const { socket } = await open(app.port, { cookie: `__Host-access=${access}` })
    await sessions.endAllOf('alice')
    expect(await closing(socket)).toBe(4401)
    await sessions.close()
  })

  test('is not opened by a page of another origin, whatever its cookie', async () => {
    app = await serve(createOwn())
    const cookie = `__Host-access=${token()}`
    const refused = { status: 403, code: 'origin_rejected' }
    expect(await refusal(app.port, { cookie, origin: 'https://evil.example' })).toEqual(refused)
    expect((await open(app.port, { cookie, origin: `http://127.0.0.1:${app.port}` })).greeting).toBe('hello user-1')
  })

  test('a check that fails is a 500, with the nonce that is due', async () => {
    const dpop = createDpop({ nonce: { secrets: [randomBytes(32)], step: 60 } })
    const failing = () => Promise.reject(new Error('the database is away'))
    app = await serve(createOwn({ dpop }), { check: failing })
    const { port } = app
    const prover = issuer.dpop()
    const bound = prover.token({ claims: { scope: 'chat' } })
    const ask = (nonce = {}) =>
      answer(port, prover.headers({ url: `http://127.0.0.1:${port}/chat`, token: bound, ...nonce }))
    const first = await ask()
    expect(first.statusCode).toBe(401)
    time += 60
    const failed = await ask({ nonce: first.headers['dpop-nonce'] })
    expect(failed.statusCode).toBe(500)
    expect(failed.headers['dpop-nonce']).toMatch(/^[\w-]{43}$/)
    expect(failed.headers['dpop-nonce']).not.toBe(first.headers['dpop-nonce'])
  })
})

test.each(['Express', 'Express 4'])('on %s the proxy is believed that the app trusts', async (name) => {
  app = await apps[name]?.(createOwn())
  const port = app?.port ?? 0
  const fields = { cookie: `__Host-access=${token()}`, origin: 'https://app.example' }
  const forwarded = { 'x-forwarded-host': 'app.example', 'x-forwarded-proto': 'https' }
  expect((await open(port, { ...fields, ...forwarded })).greeting).toBe('hello user-1')
  expect((await refusal(port, fields)).code).toBe('origin_rejected')
})
