import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import { audience, claimsSet, createKey, issuer, now, signToken } from '../../test/fixtures.js'
import type { Auth, UntypedClaims } from '../auth.js'
import { ConfigError } from '../config-error.js'
import { createVerifier } from '../create-verifier.js'
import type { Authenticate } from '../request-view.js'
import { createRequirement } from '../requirement/requirement.js'
import { carryRules } from '../requirement/requirement-of.js'
import { createUpgradeGuard, type UpgradeOptions } from './guard-upgrade.js'
import { type NodeRequest, NodeRequestView } from './node-request-view.js'

const key = createKey('ES256')
const tokenFrom = ['header', { cookie: 'access' }] as const
const verifier = createVerifier({ issuer, audience, jwks: { keys: [key.jwk] }, clock: () => now, tokenFrom })
const good = signToken(key, claimsSet())

let stop: (() => void) | undefined
afterEach(() => stop?.())

/** What a guard of upgrades says about a client's request, and what the client hears, if anything. */
async function ask(
  fields: readonly string[],
  options?: UpgradeOptions,
  authenticate: Authenticate<UntypedClaims> = verifier.authenticate,
) {
  const http = createServer().listen(0, '127.0.0.1')
  stop = () => http.close()
  await once(http, 'listening')
  const client = connect((http.address() as AddressInfo).port, '127.0.0.1')
  const head = ['GET /chat HTTP/1.1', 'Host: api.example', 'Connection: Upgrade', 'Upgrade: websocket', ...fields]
  client.write(`${head.join('\r\n')}\r\n\r\n`)
  const [request, socket] = await once(http, 'upgrade')
  const kept = new Map<IncomingMessage, Auth>()
  const guardUpgrade = createUpgradeGuard<IncomingMessage, { readonly [claim: string]: unknown }>({
    authenticate,
    keep: (each, auth) => void kept.set(each, auth),
    realm: 'chat',
  })
  const outcome = await guardUpgrade(request, socket, options).catch((thrown: unknown) => thrown)
  const isOpen = !socket.destroyed
  if (isOpen) socket.destroy()
  return { outcome, isOpen, heard: await text(client), kept: kept.get(request) }
}

const guardOf = (required: boolean, options = {}) =>
  carryRules({}, { options: () => ({ issuer, audience }), requirement: createRequirement(required, options) })

describe('a guard of upgrades', () => {
  test('gives who is calling, keeps it, and leaves the connection to the app', async () => {
    const { outcome, isOpen, heard, kept } = await ask([`Authorization: Bearer ${good}`])
    expect(outcome).toMatchObject({ claims: { sub: 'ada' } })
    expect([isOpen, heard, kept]).toEqual([true, '', outcome])
  })

  test.each([
    ['nobody', [], '401 Unauthorized', 'token_missing'],
    [
      'two tokens',
      [`Authorization: Bearer ${good}`, `Authorization: Bearer ${good}`],
      '400 Bad Request',
      'token_repeated',
    ],
    [
      'a page of another origin',
      [`Cookie: access=${good}`, 'Origin: https://evil.example'],
      '403 Forbidden',
      'origin_rejected',
    ],
    [
      'a page of ours under https',
      [`Cookie: access=${good}`, 'Origin: https://api.example'],
      '403 Forbidden',
      'origin_rejected',
    ],
  ])('answers %s over HTTP and closes', async (_who, fields, status, code) => {
    const { outcome, isOpen, heard, kept } = await ask(fields)
    expect([outcome, isOpen, kept]).toEqual([null, false, undefined])
    expect(heard).toMatch(new RegExp(`^HTTP/1.1 ${status}\r\n`))
    expect(heard).toContain(`"code":"${code}"`)
  })

  test('a page of ours passes with its cookie', async () => {
    const { outcome } = await ask([`Cookie: access=${good}`, 'Origin: http://api.example'])
    expect(outcome).toMatchObject({ source: 'cookie' })
  })

  test('asks what its guard asks, with the realm', async () => {
    const { heard } = await ask([`Authorization: Bearer ${good}`], { guard: guardOf(true, { scope: 'chat' }) })
    expect(heard).toContain('www-authenticate: Bearer realm="chat", error="insufficient_scope", scope="chat"')
  })

  test("an app's own check that throws is a 500, and the app's to hear of", async () => {
    const check = () => {
      throw new Error('of the app')
    }
    const { outcome, heard } = await ask([`Authorization: Bearer ${good}`], { guard: guardOf(true, { check }) })
    expect(outcome).toEqual(new Error('of the app'))
    expect(heard).toMatch(/^HTTP\/1.1 500 \r\n/)
  })

  test('what goes with the decision goes with that 500 too', async () => {
    const thrown = new Error('of the app')
    const decision = { allow: false, thrown, response: { headers: { 'dpop-nonce': 'due' } } } as const
    const { outcome, heard } = await ask([], undefined, () => decision)
    expect(outcome).toBe(thrown)
    expect(heard).toMatch(/^HTTP\/1.1 500 \r\ndpop-nonce: due\r\n/)
  })

  test('a client that is gone by then is nobody, and nothing is kept of it', async () => {
    const kept: Auth[] = []
    const guardUpgrade = createUpgradeGuard<NodeRequest, UntypedClaims>({
      authenticate: verifier.authenticate,
      keep: (_request, auth) => void kept.push(auth),
      realm: undefined,
    })
    const request = { method: 'GET', rawHeaders: ['Authorization', `Bearer ${good}`], headers: {} }
    expect([await guardUpgrade(request, new Socket().destroy()), kept]).toEqual([null, []])
  })

  test.each([
    ['a guard that is optional', { guard: guardOf(false) }],
    ['a guard that is none', { guard: {} }],
    ['an unknown option', { gaurd: guardOf(true) }],
    ['a guard in place of the options', [guardOf(true)]],
  ])('%s is a mistake, and the client hears a 500', async (_what, options) => {
    const { outcome, isOpen, heard } = await ask([`Authorization: Bearer ${good}`], options as UpgradeOptions)
    expect(outcome).toBeInstanceOf(ConfigError)
    expect(isOpen).toBe(false)
    expect(heard).toMatch(/^HTTP\/1.1 500 \r\n/)
  })
})

test('a request over TLS is of an https origin; one that says nothing is of none', () => {
  const request = { rawHeaders: [], headers: { host: 'api.example' }, url: '/', socket: { encrypted: true } }
  const view = new NodeRequestView(request, request)
  expect(view.native).toBe(request)
  expect([view.method, view.url(), view.clientCertificate()]).toEqual(['', 'https://api.example/', undefined])
  const bare = { rawHeaders: [], headers: {} }
  expect(new NodeRequestView(bare, bare).url()).toBe('')
})
