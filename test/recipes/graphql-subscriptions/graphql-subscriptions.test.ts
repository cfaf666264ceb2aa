import { createVerifier } from '@latchkey/core'
import { createTestIssuer } from '@latchkey/testing'
import { type Client, createClient } from 'graphql-ws'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { serveUntilEnd } from '../serve.js'
import { createApp } from './app.js'

let time = Math.floor(Date.now() / 1000)
const clock = () => time
const issuer = createTestIssuer({ clock })
const verifier = createVerifier({ issuer: issuer.url, audience: issuer.audience, fetch: issuer.fetch, clock })
const url = `${(await serveUntilEnd(createApp(verifier))).replace('http', 'ws')}/graphql`

let client: Client | undefined
afterEach(() => client?.dispose())

const tokenOf = (sub: string) => issuer.token({ claims: { sub, exp: time + 60 } })

/** A client that sends such a token with each connection. */
function connect(connectionParams: () => Record<string, unknown>, retryAttempts = 0): Client {
  client = createClient({ url, webSocketImpl: WebSocket, connectionParams, retryAttempts, retryWait: async () => {} })
  return client
}

test('somebody is known in queries and subscriptions', async () => {
  const own = connect(() => ({ token: tokenOf('alice') }))
  expect(await own.iterate({ query: '{ me }' }).next()).toMatchObject({ value: { data: { me: 'alice' } } })
  const greetings = own.iterate({ query: 'subscription { greetings }' })
  expect(await greetings.next()).toMatchObject({ value: { data: { greetings: 'Hello, alice' } } })
})

test.each([
  ['nobody', {}],
  ['an expired token', { token: issuer.badToken('expired').token }],
])('%s is refused', async (_who, params) => {
  const query = connect(() => params).iterate({ query: '{ me }' })
  await expect(query.next()).rejects.toMatchObject({ code: 4403 })
})

test('a subscription ends with the token, and goes on with a new one', async () => {
  let connections = 0
  const greetings = connect(() => {
    connections++
    return { token: tokenOf('alice') }
  }, 1).iterate({ query: 'subscription { greetings }' })
  await greetings.next()
  time += 60
  expect(await greetings.next()).toMatchObject({ value: { data: { greetings: 'Hello, alice' } } })
  expect(connections).toBe(2)
})
