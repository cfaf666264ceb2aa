import type { DenialReason } from '@latchkey/core'
import { createRequirement, serializeCookie } from '@latchkey/core/adapter'
import { describe, expect, test } from 'vitest'
import {
  type App,
  audience,
  claimsOf,
  cookiesOf,
  createApp,
  eventsOf,
  guard,
  issuer,
  logIn,
  post,
  refresh,
  refreshing,
  refusal,
  request,
  sessionOf,
  sharedKeyring,
  tokensOf,
} from '../../test/app.js'
import { faultyStore } from '../../test/faulty-store.js'
import { type Keyring, type Login, memoryStore } from '../index.js'

const deepList = `${'['.repeat(4000)}${']'.repeat(4000)}`

describe('start', () => {
  test('answers with the life of the access token and sets both cookies', async () => {
    const app = await createApp()
    const answer = await app.sessions.start(post, { sub: 'user-1' })
    expect(answer).toMatchObject({ status: 200, body: '{"expiresIn":300}' })
    expect(answer.headers).toEqual({ 'content-type': 'application/json', 'cache-control': 'no-store' })
    expect(answer.cookies.map(serializeCookie)).toEqual([
      expect.stringMatching(/^__Host-access=[^;]+; Max-Age=300; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
      expect.stringMatching(/^__Host-refresh=[^;]+; Max-Age=1296000; Path=\/; HttpOnly; Secure; SameSite=Strict$/),
    ])
  })

  test('issues an access token with the claims of RFC 9068, and the own ones', async () => {
    const app = await createApp()
    const { access, refresh: token } = await logIn(app, {
      scope: ['read', 'write'],
      claims: { email: 'ada@example.org', nested: { list: [1] } },
      clientId: 'web',
    })
    const iat = app.now()
    expect(await claimsOf(app, access)).toEqual({
      iss: issuer,
      aud: audience,
      sub: 'user-1',
      iat,
      exp: iat + 300,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      sid: sessionOf(token),
      client_id: 'web',
      scope: 'read write',
      email: 'ada@example.org',
      nested: { list: [1] },
    })
    const header: unknown = JSON.parse(Buffer.from(access.split('.')[0] ?? '', 'base64url').toString())
    expect(header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) })
  })

  test('keeps the claims as they were, whatever the app does to its object', async () => {
    const app = await createApp()
    const claims = { roles: ['user'] }
    const { refresh: token } = await logIn(app, { claims })
    claims.roles.push('admin')
    expect((await claimsOf(app, (await refresh(app, token)).access))['roles']).toEqual(['user'])
  })

  test.each<[string, DenialReason, unknown]>([
    ['nothing', 'body_malformed', undefined],
    ['null', 'body_malformed', null],
    ['a list', 'body_malformed', []],
    ['a word', 'body_malformed', 'user-1'],
    ['no subject', 'subject_invalid', { scope: [] }],
    ['an empty subject', 'subject_invalid', { sub: '' }],
    ['a subject that is no string', 'subject_invalid', { sub: 7 }],
    ['a scope in one string', 'scope_invalid', { sub: 'u', scope: 'read write' }],
    ['a scope with a space', 'scope_invalid', { sub: 'u', scope: ['read write'] }],
    ['a scope with a quote', 'scope_invalid', { sub: 'u', scope: ['re"ad'] }],
    ['a scope that is empty', 'scope_invalid', { sub: 'u', scope: [''] }],
    ['a scope that is no string', 'scope_invalid', { sub: 'u', scope: [1] }],
    ['claims in a list', 'body_malformed', { sub: 'u', claims: [] }],
    ['claims that are null', 'body_malformed', { sub: 'u', claims: null }],
    ['claims with 65 levels', 'claims_too_deep', { sub: 'u', claims: nested(65) }],
    ['lists with 4000 levels', 'claims_too_deep', { sub: 'u', claims: { a: JSON.parse(deepList) } }],
    ['a client that is no string', 'body_malformed', { sub: 'u', clientId: 1 }],
    ['a label that is no text', 'label_invalid', { sub: 'u', label: 7 }],
    ['a label of 257 units', 'label_invalid', { sub: 'u', label: `${'\u{1f511}'.repeat(128)}x` }],
    ['claims too large for a cookie', 'cookie_too_large', { sub: 'u', claims: { text: 'x'.repeat(3000) } }],
    ['__proto__ among the claims', 'claim_reserved', JSON.parse('{"sub":"u","claims":{"__proto__":{"sub":"admin"}}}')],
    ...'iss sub aud exp nbf iat jti sid client_id scope scp azp cnf act may_act'
      .split(' ')
      .map((name): [string, DenialReason, unknown] => [
        `the reserved claim ${name}`,
        'claim_reserved',
        { sub: 'u', claims: { [name]: 'x' } },
      ]),
  ])('refuses %s, and begins nothing: %s', async (_what, reason, login) => {
    const app = await createApp()
    await refusal(app.sessions.start(post, login as Login), 'request_malformed')
    expect(app.events).toEqual([{ type: 'denied', code: 'request_malformed', reason }])
    expect(await app.sessions.list('u')).toEqual([])
  })

  test('takes claims of 64 levels and a label of 256 units', async () => {
    const app = await createApp()
    const label = '\u{1f511}'.repeat(128)
    const { access } = await logIn(app, { sub: 'u', claims: nested(64), label })
    expect(await claimsOf(app, access)).toMatchObject(nested(64))
    expect(await app.sessions.list('u')).toMatchObject([{ label }])
    expect(atob(access.split('.')[1] ?? '')).not.toContain('label')
  })

  test('signs one access token', async () => {
    let signed = 0
    const keyring = await sharedKeyring()
    const counting: Keyring = {
      ...keyring,
      signingKey: () => {
        signed += 1
        return keyring.signingKey()
      },
    }
    const app = await createApp({ keyring: counting })
    const { refresh: token } = await logIn(app)
    expect(signed).toBe(1)
    await refresh(app, token)
    expect(signed).toBe(2)
  })
})

describe('a page without script', () => {
  test.each(['/', '/home', '/a?b=c#d', '/%2F%5C', '/a//b'])(
    'is sent to %s after log-in and log-out',
    async (redirect) => {
      const app = await createApp()
      const answer = await app.sessions.start(post, { sub: 'u' }, { redirect })
      expect(answer).toMatchObject({ status: 303, body: '' })
      expect(answer.headers).toEqual({ location: redirect, 'cache-control': 'no-store' })
      const { refresh: token } = tokensOf(answer)
      const ended = await app.sessions.end(refreshing(token), undefined, { redirect })
      expect(ended).toMatchObject({
        status: 303,
        body: '',
        headers: { location: redirect, 'cache-control': 'no-store' },
      })
      expect(cookiesOf(ended)).toEqual({ '__Host-access': '', '__Host-refresh': '' })
      expect(eventsOf(app, 'session_ended')).toHaveLength(1)
    },
  )

  test.each<[unknown]>([
    [''],
    ['home'],
    ['//evil.example'],
    ['/\\evil.example'],
    ['\\/evil.example'],
    ['https://evil.example'],
    ['/\tevil'],
    ['/a b'],
    ['/a\nb'],
    ['/a\\b'],
    ['/ä'],
    [' /home'],
    ['/home\u0000'],
    [['/home']],
    [null],
    [7],
  ])('is not sent to %j: nothing starts, nothing ends', async (redirect) => {
    const app = await createApp()
    const { refresh: token } = await logIn(app, { sub: 'u' })
    const options = { redirect: redirect as string }
    await refusal(app.sessions.start(post, { sub: 'u' }, options), 'request_malformed')
    await refusal(app.sessions.end(refreshing(token), undefined, options), 'request_malformed')
    expect(eventsOf(app, 'denied')).toEqual(
      Array(2).fill({ type: 'denied', code: 'request_malformed', reason: 'redirect_not_a_path' }),
    )
    expect(await app.sessions.list('u')).toHaveLength(1)
  })
})

describe('devices', () => {
  test('are listed newest first, without what ended or expired, and say when they were refreshed', async () => {
    const app = await createApp({ idleTtl: 100 })
    const start = app.now()
    const old = await logIn(app, { label: 'old' })
    app.advance(50)
    const gone = await logIn(app)
    const phone = await logIn(app, { label: 'phone' })
    await app.sessions.end(refreshing(gone.refresh))
    app.advance(10)
    await refresh(app, old.refresh)
    expect(await app.sessions.list('user-1')).toEqual([
      { id: sessionOf(phone.refresh), startedAt: start + 50, refreshedAt: start + 50, label: 'phone' },
      { id: sessionOf(old.refresh), startedAt: start, refreshedAt: start + 60, label: 'old' },
    ])
    app.advance(90)
    expect(await app.sessions.list('user-1')).toMatchObject([{ label: 'old' }])
    app.advance(10)
    expect(await app.sessions.list('user-1')).toEqual([])
    expect(await app.sessions.list('nobody')).toEqual([])
  })

  test('endOne ends one and leaves the others, with immediate revocation its access token too', async () => {
    const app = await createApp({ revocation: 'immediate' })
    await app.sessions.ready()
    const [one, two] = [await logIn(app), await logIn(app)]
    expect(await app.sessions.endOne(sessionOf(one.refresh))).toBe(true)
    expect(await app.sessions.endOne(sessionOf(one.refresh))).toBe(false)
    expect(eventsOf(app, 'session_ended')).toEqual([
      { type: 'session_ended', session: sessionOf(one.refresh), reason: 'end_one' },
    ])
    await refusal(refresh(app, one.refresh), 'refresh_rejected')
    expect((await guard(app, one.access)).allow).toBe(false)
    expect((await guard(app, two.access)).allow).toBe(true)
    await refresh(app, two.refresh)
  })

  test('endOne with a subject ends only a session of that subject, with one call of the store', async () => {
    const { store, calls } = faultyStore(memoryStore({ clock: () => 1_800_000_000 }))
    const app = await createApp({ store })
    const [own, another] = [
      sessionOf((await logIn(app)).refresh),
      sessionOf((await logIn(app, { sub: 'user-2' })).refresh),
    ]
    calls.length = 0
    expect(await app.sessions.endOne(another, { sub: 'user-1' })).toBe(false)
    expect(await app.sessions.endOne('nobody', { sub: 'user-1' })).toBe(false)
    // As in JavaScript, where a token may have no subject.
    expect(await Reflect.apply(app.sessions.endOne, undefined, [another, { sub: undefined }])).toBe(false)
    expect(calls).toEqual([])
    expect(await app.sessions.endOne(own, { sub: 'user-1' })).toBe(true)
    expect(await app.sessions.endOne(own, { sub: 'user-1' })).toBe(false)
    expect(calls).toEqual(['end', 'end'])
    expect(await app.sessions.list('user-2')).toHaveLength(1)
  })

  test('endOne does not ask the store about a text that is no id, which may come from the client', async () => {
    const { store, calls } = faultyStore(memoryStore({ clock: () => 1_800_000_000 }))
    const app = await createApp({ store })
    const own = sessionOf((await logIn(app)).refresh)
    calls.length = 0
    const odd = [
      '',
      own.slice(0, 16),
      `${own.slice(0, 35)}\0`,
      `${own}x`,
      `${own}\n`,
      `}${own.slice(1)}`,
      undefined,
      7,
      [own],
    ]
    for (const id of odd) {
      expect(await Reflect.apply(app.sessions.endOne, undefined, [id])).toBe(false)
      expect(await Reflect.apply(app.sessions.endOne, undefined, [id, { sub: 'user-1' }])).toBe(false)
    }
    expect(calls).toEqual([])
  })

  test('one more than sessionsPerSubject ends the one refreshed longest ago', async () => {
    const app = await createApp({ sessionsPerSubject: 2 })
    const [first, second] = [await logIn(app), await logIn(app)]
    app.advance(1)
    await refresh(app, first.refresh)
    await logIn(app)
    await logIn(app, { sub: 'another' })
    expect(eventsOf(app, 'session_ended')).toEqual([
      { type: 'session_ended', session: sessionOf(second.refresh), reason: 'evicted' },
    ])
  })

  test('a subject has at most 100 sessions by default', async () => {
    const app = await createApp()
    const first = await logIn(app)
    for (let more = 1; more < 100; more++) await logIn(app)
    expect(eventsOf(app, 'session_ended')).toEqual([])
    await logIn(app)
    expect(eventsOf(app, 'session_ended')).toEqual([
      { type: 'session_ended', session: sessionOf(first.refresh), reason: 'evicted' },
    ])
  })
})

describe('refresh', () => {
  test.each<[string, DenialReason, Record<string, string>]>([
    ['no cookie at all', 'refresh_missing', {}],
    ['an empty cookie', 'refresh_missing', { cookie: '__Host-refresh=' }],
    ['something else', 'refresh_malformed', { cookie: '__Host-refresh=abc' }],
    ['another cookie', 'refresh_missing', { cookie: '__Host-access=abc' }],
  ])('refuses %s: %s', async (_what, reason, headers) => {
    const app = await createApp()
    const error = await refusal(app.sessions.refresh(request('POST', headers)), 'refresh_rejected')
    expect(error.reason).toBe(reason)
  })

  test('refuses two different refresh cookies, and neither is consumed', async () => {
    const app = await createApp()
    const [one, two] = [await logIn(app), await logIn(app)]
    const cookie = `__Host-refresh=${one.refresh}; __Host-refresh=${two.refresh}`
    const error = await refusal(app.sessions.refresh(request('POST', { cookie })), 'refresh_rejected')
    expect(error.reason).toBe('refresh_repeated')
    await refresh(app, one.refresh)
    await refresh(app, two.refresh)
    expect(eventsOf(app, 'session_refreshed')).toHaveLength(2)
  })

  test('reads no body where tokens travel in cookies', async () => {
    const app = await createApp()
    const { refresh: token } = await logIn(app)
    const readBody = () => expect.fail('read')
    await app.sessions.refresh(refreshing(token), readBody)
    await app.sessions.end(refreshing(token), readBody)
  })
})

describe('end', () => {
  test('ends the session of the refresh cookie and clears both cookies', async () => {
    const app = await createApp()
    const { refresh: token } = await logIn(app)
    const answer = await app.sessions.end(refreshing(token))
    expect(answer).toMatchObject({ status: 204, body: '', headers: { 'cache-control': 'no-store' } })
    expect(answer.cookies.map(serializeCookie)).toEqual([
      '__Host-access=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax',
      '__Host-refresh=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict',
    ])
    expect(eventsOf(app, 'session_ended')).toEqual([
      { type: 'session_ended', session: sessionOf(token), reason: 'end' },
    ])
    await refusal(refresh(app, token), 'refresh_rejected')
  })

  test('ends it by a superseded token too, which is no reuse', async () => {
    const app = await createApp()
    const first = await logIn(app)
    const second = await refresh(app, first.refresh)
    const third = await refresh(app, second.refresh)
    app.advance(100)
    await app.sessions.end(refreshing(first.refresh))
    expect(eventsOf(app, 'session_ended', 'refresh_reused')).toEqual([
      { type: 'session_ended', session: sessionOf(first.refresh), reason: 'end' },
    ])
    await refusal(refresh(app, third.refresh), 'refresh_rejected')
  })

  test('answers the same where there is nothing to end, and does not look at the access token', async () => {
    const app = await createApp()
    const { access, refresh: token } = await logIn(app)
    const [id, secret] = token.split('.')
    const answers = [
      await app.sessions.end(post),
      await app.sessions.end(refreshing('')),
      await app.sessions.end(refreshing('abc')),
      await app.sessions.end(refreshing(`${id}.${secret}.${'A'.repeat(43)}`)),
      await app.sessions.end(request('DELETE', { cookie: `__Host-access=${access}` })),
    ]
    for (const answer of answers) {
      expect(answer.status).toBe(204)
      expect(cookiesOf(answer)).toEqual({ '__Host-access': '', '__Host-refresh': '' })
    }
    expect(eventsOf(app, 'session_ended')).toEqual([])
    await refresh(app, token)
  })

  test('refuses two different refresh cookies: nobody can say which one is meant', async () => {
    const app = await createApp()
    const view = request('DELETE', { cookie: '__Host-refresh=a; __Host-refresh=b' })
    expect((await refusal(app.sessions.end(view), 'refresh_rejected')).reason).toBe('refresh_repeated')
  })
})

describe('endAll', () => {
  async function authOf(app: App, access: string) {
    const decision = await guard(app, access)
    return decision.allow && decision.auth !== null ? decision.auth : expect.fail('refused')
  }

  test('ends every session of the subject, and of nobody else', async () => {
    const app = await createApp()
    const [one, two, other] = [await logIn(app), await logIn(app), await logIn(app, { sub: 'user-2' })]
    const answer = await app.sessions.endAll(post, await authOf(app, one.access))
    expect(answer.status).toBe(204)
    expect(cookiesOf(answer)).toEqual({ '__Host-access': '', '__Host-refresh': '' })
    await refusal(refresh(app, one.refresh), 'refresh_rejected')
    await refusal(refresh(app, two.refresh), 'refresh_rejected')
    await refresh(app, other.refresh)
    const ended = [one, two].map((each) => sessionOf(each.refresh)).sort()
    const events = eventsOf(app, 'session_ended').map((event) => ('session' in event ? event.session : ''))
    expect(events.sort()).toEqual(ended)
    expect(eventsOf(app, 'session_ended')[0]).toMatchObject({ reason: 'end_all' })
  })

  test('finds out by itself who is calling, where no guard has', async () => {
    const app = await createApp()
    const { access, refresh: token } = await logIn(app)
    await refusal(app.sessions.endAll(request('DELETE')), 'token_missing')
    await refusal(app.sessions.endAll(request('DELETE', { authorization: 'Bearer a.b.c' })), 'token_malformed')
    expect(eventsOf(app, 'denied')).toHaveLength(2)
    await refresh(app, token)
    const answer = await app.sessions.endAll(request('DELETE', { cookie: `__Host-access=${access}` }))
    expect(answer.status).toBe(204)
    expect(eventsOf(app, 'session_ended')).toHaveLength(1)
  })

  test('does not take the word of another issuer for a subject of ours', async () => {
    const app = await createApp()
    const { access, refresh: token } = await logIn(app)
    const auth = await authOf(app, access)
    const foreign = { ...auth, claims: { ...auth.claims, iss: 'https://id.example' } }
    expect((await refusal(app.sessions.endAll(post, foreign), 'token_rejected')).reason).toBe('iss_unknown')
    await refresh(app, token)
  })
})

describe('the cross-origin check', () => {
  const evil = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
  const auth = {
    claims: { iss: issuer, sub: 'user-1', exp: 0 },
    scope: [],
    roles: [],
    source: 'cookie',
    token: '',
  } as const

  test('comes first in every verb, and a Bearer header exempts from nothing', async () => {
    const app = await createApp()
    const { access, refresh: token } = await logIn(app)
    const view = request('POST', { ...evil, cookie: `__Host-refresh=${token}`, authorization: `Bearer ${access}` })
    await refusal(app.sessions.start(view, null as unknown as Login), 'origin_rejected')
    await refusal(app.sessions.refresh(view), 'origin_rejected')
    await refusal(app.sessions.end(view), 'origin_rejected')
    await refusal(app.sessions.endAll(view, auth), 'origin_rejected')
    await refusal(app.sessions.endAll(request('DELETE', evil)), 'origin_rejected')
    expect(eventsOf(app, 'denied')).toHaveLength(5)
    expect(eventsOf(app, 'session_ended', 'session_refreshed')).toEqual([])
  })

  test('comes before the body is read, where tokens travel in bodies', async () => {
    const app = await createApp({ delivery: 'body' })
    await refusal(
      app.sessions.refresh(request('POST', evil), () => expect.fail('read')),
      'origin_rejected',
    )
  })

  test('lets the own pages and trusted origins pass', async () => {
    const app = await createApp({ trustedOrigins: ['https://www.example'] })
    const own = request('POST', { 'sec-fetch-site': 'same-origin' })
    const trusted = request('POST', { 'sec-fetch-site': 'same-site', origin: 'https://www.example' })
    expect((await app.sessions.start(own, { sub: 'user-1' })).status).toBe(200)
    expect((await app.sessions.start(trusted, { sub: 'user-1' })).status).toBe(200)
  })
})

test('a function says which origins are trusted, to the verbs and to a refresh in passing', async () => {
  const app = await createApp({ trustedOrigins: (origin) => origin.endsWith('.preview.example') })
  const from = (origin: string, headers = {}) => request('POST', { 'sec-fetch-site': 'cross-site', origin, ...headers })
  await refusal(app.sessions.start(from('https://evil.example'), { sub: 'user-1' }), 'origin_rejected')
  const started = await app.sessions.start(from('https://a.preview.example'), { sub: 'user-1' })
  const cookie = { cookie: `__Host-refresh=${tokensOf(started).refresh}` }
  const required = createRequirement(true)
  const refused = await app.sessions.authenticateOrRefresh(from('https://evil.example', cookie), required)
  expect(refused.allow).toBe(false)
  const passed = await app.sessions.authenticateOrRefresh(from('https://a.preview.example', cookie), required)
  expect(passed).toMatchObject({ allow: true, auth: { claims: { sub: 'user-1' } } })
})

describe('body delivery', () => {
  async function pair(answer: { body: string }): Promise<{ accessToken: string; refreshToken: string }> {
    return JSON.parse(answer.body)
  }

  test('gives tokens in the body, sets no cookie and reads none', async () => {
    const app = await createApp({ delivery: 'body' })
    const answer = await app.sessions.start(post, { sub: 'user-1' })
    expect(answer.cookies.map(serializeCookie)).toEqual([])
    expect(answer.headers['cache-control']).toBe('no-store')
    const { accessToken, refreshToken, ...rest } = JSON.parse(answer.body)
    expect(rest).toEqual({ expiresIn: 300, tokenType: 'Bearer' })
    await refusal(app.sessions.refresh(refreshing(refreshToken)), 'refresh_rejected')
    expect((await guard(app, accessToken)).allow).toBe(false)
    const next = await app.sessions.refresh(post, () => ({ refreshToken }))
    expect((await pair(next)).refreshToken).not.toBe(refreshToken)
    const ended = await app.sessions.end(post, async () => ({ refreshToken }))
    expect(ended).toMatchObject({ status: 204, cookies: [] })
    expect(eventsOf(app, 'session_ended')).toHaveLength(1)
  })

  test.each<[string, unknown, 'refresh_rejected' | 'request_malformed']>([
    ['no body', undefined, 'refresh_rejected'],
    ['null', null, 'request_malformed'],
    ['no token', {}, 'refresh_rejected'],
    ['an empty token', { refreshToken: '' }, 'refresh_rejected'],
    ['an unknown token', { refreshToken: 'abc' }, 'refresh_rejected'],
    ['a token that is no string', { refreshToken: 7 }, 'request_malformed'],
    ['a list', ['abc'], 'request_malformed'],
    ['a word', 'abc', 'request_malformed'],
  ])('refuses %s', async (_what, body, code) => {
    const app = await createApp({ delivery: 'body' })
    await refusal(
      app.sessions.refresh(post, () => body),
      code,
    )
  })

  test('refuses claims that make a token too large for any verifier', async () => {
    const app = await createApp({ delivery: 'body' })
    const fits = await app.sessions.start(post, { sub: 'u', claims: { text: 'x'.repeat(5000) } })
    expect((await app.sessions.verifier.verify((await pair(fits)).accessToken)).claims.sub).toBe('u')
    const tooLarge = app.sessions.start(post, { sub: 'u', claims: { text: 'x'.repeat(13_000) } })
    expect((await refusal(tooLarge, 'request_malformed')).reason).toBe('token_too_long')
  })

  test.each([1000, 30_000])('or for the own one, which reads %i characters', async (maxTokenLength) => {
    const app = await createApp({ delivery: 'body', verifier: { maxTokenLength } })
    const start = (length: number) => app.sessions.start(post, { sub: 'u', claims: { text: 'x'.repeat(length) } })
    const { length } = (await pair(await start(0))).accessToken
    // Three bytes of claims are four characters of a token.
    const most = Math.floor(((maxTokenLength - length) * 3) / 4)
    const { accessToken } = await pair(await start(most))
    expect(maxTokenLength - accessToken.length).toBeLessThan(4)
    expect((await app.sessions.verifier.verify(accessToken)).claims.sub).toBe('u')
    expect((await refusal(start(most + 4), 'request_malformed')).reason).toBe('token_too_long')
  })
})

/** An object of so many levels. */
function nested(levels: number): { readonly [name: string]: unknown } {
  return levels === 1 ? {} : { a: nested(levels - 1) }
}
