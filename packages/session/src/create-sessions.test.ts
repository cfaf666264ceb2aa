import { type Auth, ConfigError, createVerifier } from '@latchkey/core'
import { serializeCookie } from '@latchkey/core/adapter'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  audience,
  claimsOf,
  createApp,
  guard,
  issuer,
  logIn,
  post,
  refresh,
  refreshing,
  sharedKeyring,
  tokensOf,
} from '../test/app.js'
import { createKeyring, createSecretKeyring, createSessions, memoryStore, type SessionsOptions } from './index.js'

const keyring = await sharedKeyring()
const given = { keyring, issuer, audience }

describe('a mistake shows at once', () => {
  test.each<[string, object]>([
    ['unknown option "audiense"', { audiense: 'x' }],
    ['keyring is missing', { keyring: undefined }],
    ['keyring is missing', { keyring: createKeyring() }],
    ['issuer is missing', { issuer: '' }],
    ['audience is missing', { audience: undefined }],
    ['audience is missing', { audience: null }],
    ['audience is missing', { audience: [] }],
    ['audience[1] is missing', { audience: ['https://app.example', ''] }],
    ['audience[0] is missing', { audience: new Array(1) }],
    ['deviceBound: exclude[1] takes paths', { deviceBound: { mode: 'offered', exclude: ['/a', 5] } }],
    ['deviceBound: exclude[0] takes paths', { deviceBound: { mode: 'offered', exclude: new Array(1) } }],
    ['accessTokenTtl is 0', { accessTokenTtl: 0 }],
    ['idleTtl must be a finite number', { idleTtl: -1 }],
    ['absoluteTtl must be a finite number', { absoluteTtl: Number.POSITIVE_INFINITY }],
    ['reuseGrace must be a finite number', { reuseGrace: -1 }],
    ["revocation must be 'expiry' or 'immediate'", { revocation: 'now' }],
    ["delivery must be 'cookie' or 'body'", { delivery: 'header' }],
    ["cookies goes with delivery 'cookie' alone", { delivery: 'body', cookies: { access: {} } }],
    ['cookies: unknown option "acess"', { cookies: { acess: {} } }],
    ['cookies.access: a browser drops', { cookies: { access: { domain: 'app.example' } } }],
    ['cookies.refresh: a browser drops', { cookies: { refresh: { secure: false } } }],
    ['the two cookies need different names', { cookies: { access: { name: 'x' }, refresh: { name: 'x' } } }],
    ['trustedOrigins[0] takes origins', { trustedOrigins: ['https://app.example/'] }],
    ['retireAfter is less than an access token lives', { accessTokenTtl: 3600 }],
    ['is configured twice', { verifier: { issuers: [{ issuer, audience, secret: 'x'.repeat(32) }] } }],
    ['verifier.onEvent: say onEvent beside verifier', { verifier: { onEvent: () => {} } }],
    ['verifier.audience: say audience beside verifier', { verifier: { audience: 'x' } }],
    ['unknown option "tokenFrm"', { verifier: { tokenFrm: [] } }],
  ])('%s', (message, change) => {
    const create = () => createSessions({ ...given, ...change } as Parameters<typeof createSessions>[0])
    expect(create).toThrow(ConfigError)
    expect(create).toThrow(message)
  })
})

test('options that are refused leave nothing that follows the store', async () => {
  let prepared = 0
  const store = memoryStore()
  const counting = {
    ...store,
    prepare: () => {
      prepared += 1
      return store.prepare()
    },
  }
  const create = (change: object) => createSessions({ ...given, store: counting, revocation: 'immediate', ...change })
  expect(() => create({ trustedOrigins: ['https://app.example/'] })).toThrow(ConfigError)
  expect(() => create({ verifier: { tokenFrom: [] } })).toThrow(ConfigError)
  expect(prepared).toBe(0)
  await create({}).close()
  expect(prepared).toBe(1)
})

describe('the verifier', () => {
  test('accepts what the sessions issue, from the cookie and from the header', async () => {
    const app = await createApp()
    const { access } = await logIn(app)
    const decision = await guard(app, access)
    expect(decision).toMatchObject({ allow: true, auth: { source: 'cookie', scope: ['read'] } })
    expect(await app.sessions.verifier.verify(access)).toMatchObject({ source: 'given', scope: ['read'] })
  })

  test('does not wait for the lookups of other issuers', async () => {
    const asked: string[] = []
    const app = await createApp({
      verifier: {
        issuers: (iss) => {
          asked.push(iss)
          return new Promise(() => {})
        },
      },
    })
    const { access } = await logIn(app)
    const stranger = (n: number) => `${btoa('{"alg":"ES256"}')}.${btoa(`{"iss":"${n}"}`)}.AAAA`.replaceAll('=', '')
    for (let n = 0; n < 100; n++) void Promise.resolve(app.sessions.verifier.verify(stranger(n))).catch(() => {})
    expect(await claimsOf(app, access)).toMatchObject({ iss: issuer })
    expect(asked).toHaveLength(64)
    expect(asked).not.toContain(issuer)
  })

  test('accepts other issuers besides, each for itself', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'theirs' }] }
    const app = await createApp({
      verifier: { issuers: [{ issuer: 'https://id.example', audience: 'https://api.example', jwks }] },
    })
    const sign = (iss: string) =>
      new SignJWT({ sub: 'them' })
        .setProtectedHeader({ alg: 'ES256', kid: 'theirs' })
        .setIssuer(iss)
        .setAudience(audience)
        .setExpirationTime(app.now() + 60)
        .sign(privateKey)
    expect((await app.sessions.verifier.verify(await sign('https://id.example'))).claims.sub).toBe('them')
    const forged = await sign(issuer)
    await expect(async () => app.sessions.verifier.verify(forged)).rejects.toMatchObject({ code: 'token_rejected' })
    expect((await guard(app, (await logIn(app)).access)).allow).toBe(true)
  })

  test('demands of own tokens that they are access tokens', async () => {
    const app = await createApp()
    const { kid = '', alg, key } = await keyring.signingKey()
    const idToken = await new SignJWT({ sub: 'user-1', sid: 'x' })
      .setProtectedHeader({ alg, kid, typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setExpirationTime(app.now() + 60)
      .sign(key)
    await expect(async () => app.sessions.verifier.verify(idToken)).rejects.toMatchObject({ reason: 'typ_mismatch' })
  })

  test('checks a claims schema and gives it to the types', async () => {
    const sessions = createSessions({
      ...given,
      verifier: {
        claims: {
          '~standard': {
            version: 1,
            vendor: 'test',
            validate: (value) => ({ value: value as { readonly email: string } }),
          },
        },
      },
    })
    const { access } = tokensOf(await sessions.start(post, { sub: 'user-1', claims: { email: 'ada@example.org' } }))
    const auth = await sessions.verifier.verify(access)
    expectTypeOf(auth).toExtend<Auth<{ readonly email: string }>>()
    expect(auth.claims.email).toBe('ada@example.org')
  })
})

test('several audiences are all in the token', async () => {
  const app = await createApp({ audience: ['https://api.example', 'https://files.example'] })
  const { access } = await logIn(app)
  expect((await claimsOf(app, access))['aud']).toEqual(['https://api.example', 'https://files.example'])
})

test('other names for the cookies hold everywhere', async () => {
  const app = await createApp({ cookies: { access: { name: 'a' }, refresh: { name: 'r', sameSite: 'Lax' } } })
  const answer = await app.sessions.start(post, { sub: 'user-1' })
  expect(answer.cookies.map(serializeCookie)[0]).toMatch(/^a=/)
  expect(answer.cookies.map(serializeCookie)[1]).toMatch(/^r=.*SameSite=Lax$/)
  const token = answer.cookies.map(serializeCookie)[1]?.split(/[=;]/)[1] ?? ''
  const view = { ...post, header: (name: string) => (name === 'cookie' ? `r=${token}` : undefined) }
  expect((await app.sessions.refresh(view)).status).toBe(200)
})

describe('with a secret', () => {
  test('signs with the first and verifies with all', async () => {
    const [old, young] = ['o'.repeat(32), 'y'.repeat(32)]
    const before = await createApp({ keyring: createSecretKeyring({ secret: old }) })
    const after = await createApp({ keyring: createSecretKeyring({ secret: [young, new TextEncoder().encode(old)] }) })
    const { access } = await logIn(before)
    expect((await guard(after, access)).allow).toBe(true)
    const next = await logIn(after)
    expect((await guard(before, next.access)).allow).toBe(false)
    expect(createVerifier({ issuer, audience, secret: young, clock: after.now }).verify(next.access)).toMatchObject({
      claims: { sub: 'user-1' },
    })
    expect((await refresh(after, next.refresh)).access).not.toBe('')
    expect(after.sessions.jwks()).toEqual({ keys: [] })
  })

  test.each([['short'], [[]], [['x'.repeat(32), 'short']]])('refuses %s', (secret) => {
    expect(() => createSecretKeyring({ secret })).toThrow(ConfigError)
  })
})

test('the JWKS route shows the public halves, and for how long they may be kept', async () => {
  const { sessions } = createTwo(await createKeyring())
  const answer = sessions.jwksAnswer()
  expect(answer).toMatchObject({ status: 200, cookies: [] })
  expect(answer.headers).toEqual({
    'content-type': 'application/jwk-set+json',
    'cache-control': 'public, max-age=300',
  })
  const { keys } = JSON.parse(answer.body)
  expect(keys).toHaveLength(2)
  for (const key of keys) expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
  expect(sessions.jwksAnswer()).toBe(answer)
})

function createTwo(own: Awaited<ReturnType<typeof createKeyring>>) {
  return { sessions: createSessions({ ...given, keyring: own }), keyring: own }
}

test('a rotation of the keys refuses no token in flight', async () => {
  let now = 1_800_000_000
  const own = await createKeyring({ clock: () => now, retireAfter: 400 })
  const app = await createApp({ keyring: own, clock: () => now })
  const published = app.sessions.jwksAnswer()
  const other = createVerifier({ issuer, audience, jwks: JSON.parse(published.body), clock: () => now })
  const before = await logIn(app)
  await own.rotate()
  const after = await logIn(app)
  for (const { access } of [before, after]) {
    expect((await guard(app, access)).allow).toBe(true)
    // Who read the set before the rotation knows the key that signs now.
    expect((await other.verify(access)).claims.sub).toBe('user-1')
  }
  expect(app.sessions.jwksAnswer()).not.toBe(published)
  now += 305
  expect((await guard(app, before.access)).allow).toBe(true)
  expect((await app.sessions.refresh(refreshing(before.refresh))).status).toBe(200)
})

test.each<[string, object, RegExp]>([
  ['a store that is none', { store: {} }, /^store is not a session store/],
  ['a hook that is no function', { onRefresh: 5 }, /^onRefresh must be a function/],
  ['a listener that is no function', { onEvent: 'log' }, /^onEvent must be a function/],
  ['a clock that is no function', { clock: 5 }, /^clock must be a function/],
  ['verifier options that are none', { verifier: 5 }, /^verifier must be an object/],
  ['no room for a session', { sessionsPerSubject: 0 }, /^sessionsPerSubject must be a whole number/],
  ['half a session', { sessionsPerSubject: 1.5 }, /^sessionsPerSubject must be a whole number/],
])('refuses %s', async (_what, options, message) => {
  const failure: unknown = await createApp(options).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(ConfigError)
  expect(failure).toMatchObject({ message: expect.stringMatching(message) })
})

test('refuses no options at all', () => {
  expect(() => createSessions(undefined as unknown as SessionsOptions)).toThrow(ConfigError)
})
