import { createVerifier, type Verifier, type Watch } from '@latchkey/core'
import { createKeyring, createSessions, memoryStore } from '@latchkey/session'
import { createTestIssuer } from '@latchkey/testing'
import { beforeAll, describe, expect, test } from 'vitest'
import { serveFastify, serveFetch, serveNode } from '../serve.js'
import { createApp as createExpressApp } from './express.js'
import { createApp as createFastifyApp } from './fastify.js'
import { createApp as createFetchApp } from './fetch.js'
import { createApp as createHonoApp } from './hono.js'

let time = Math.floor(Date.now() / 1000)
const clock = () => time
const issuer = createTestIssuer({ clock })
const names = { issuer: 'https://app.example', audience: 'https://app.example' }
const sessions = createSessions({
  ...names,
  keyring: await createKeyring({ clock }),
  store: memoryStore({ clock }),
  clock,
  revocation: 'immediate',
})

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** A stream of events: what has been read is the greeting, and what comes is awaited from there. */
async function follow(url: string, headers: Record<string, string>) {
  const response = await fetch(`${url}/events`, { headers })
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream\b/)
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  if (reader === undefined) throw new Error('no stream')
  const { value } = await reader.read()
  return { greeting: value, isOver: async () => (await reader.read()).done, leave: () => reader.cancel() }
}

const apps: Record<string, (verifier: Verifier) => Promise<string>> = {
  Fastify: async (verifier) => serveFastify(await createFastifyApp(verifier)),
  Express: (verifier) => serveNode(createExpressApp(verifier)),
  Hono: (verifier) => serveFetch(createHonoApp(verifier)),
  Fetch: (verifier) => serveFetch(createFetchApp(verifier)),
}

describe.each(Object.entries(apps))('events on %s', (_name, serve) => {
  let verifier: Verifier
  let stopped: number
  let url: string
  beforeAll(async () => {
    const own = createVerifier({ issuer: issuer.url, audience: issuer.audience, fetch: issuer.fetch, clock })
    stopped = 0
    verifier = { ...own, watch: (auth, onEnd) => counted(own.watch(auth, onEnd)) }
    url = await serve(verifier)
  })

  /** Tells how many have been stopped. */
  function counted<Claims extends object>({ renew, stop }: Watch<Claims>): Watch<Claims> {
    return {
      renew,
      stop: () => {
        stopped++
        stop()
      },
    }
  }

  test('are refused to nobody, as every route', async () => {
    const response = await fetch(`${url}/events`)
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ code: 'token_missing' })
  })

  test('end when the token expires, and not before', async () => {
    const alice = await follow(url, bearer(issuer.token({ claims: { sub: 'alice', exp: time + 60 } })))
    const bob = await follow(url, bearer(issuer.token({ claims: { sub: 'bob', exp: time + 120 } })))
    expect([alice.greeting, bob.greeting]).toEqual(['data: hello alice\n\n', 'data: hello bob\n\n'])
    time += 60
    expect(await alice.isOver()).toBe(true)
    expect(await Promise.race([bob.isOver(), 'not yet'])).toBe('not yet')
    await bob.leave()
  })

  test('end when the key is withdrawn', async () => {
    const token = issuer.token({})
    const { isOver } = await follow(url, bearer(token))
    verifier.forget(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid)
    expect(await isOver()).toBe(true)
    issuer.rotate()
  })

  test('end when the session does', async () => {
    const view = { method: 'POST', header: () => undefined, url: () => 'https://app.example/' }
    const { cookies } = await sessions.start(view, { sub: 'alice' })
    const access = cookies.find(({ name }) => name === '__Host-access')?.value ?? ''
    const { isOver } = await follow(await serve(sessions.verifier), { cookie: `__Host-access=${access}` })
    await sessions.endAllOf('alice')
    expect(await isOver()).toBe(true)
  })

  test('are watched no longer when the client has left', async () => {
    const { leave } = await follow(url, bearer(issuer.token({})))
    stopped = 0
    await leave()
    await expect.poll(() => stopped).toBe(1)
  })
})
