import { createRemoteJWKSet, jwtVerify } from 'jose'
import { expect } from 'vitest'
import { audience, base64url } from '../../harness/mint.js'
import { fieldOf } from '../../harness/raw-http.js'
import { sign } from '../../harness/signing-keys.js'
import { type App, withBearer, withCookies } from '../harness/app.js'
import {
  expectDead,
  expectDenial,
  expectEnded,
  expectEvents,
  expectIssued,
  expectSignedIn,
} from '../harness/expectations.js'
import { foreign, app as names } from '../harness/plans.js'
import { inBothDeliveries, type SessionCase, type SessionTopic } from '../harness/session-case.js'
import { claimsOf, headerOf, sidOf } from '../harness/tokens.js'

const lives = { access: 300, refresh: 1_296_000 }

const issuing: readonly SessionCase[] = inBothDeliveries([
  {
    name: 'a log-in gives both tokens, to the letter',
    run: async (app) => {
      expectIssued(app, await app.send('POST', '/session', { body: { sub: app.sub, scope: ['read'] } }), lives)
    },
  },
  {
    name: 'a refresh gives both tokens, to the letter',
    run: async (app) => {
      const { refresh } = await app.logIn()
      expectIssued(app, await app.refresh(refresh), lives)
    },
  },
  {
    name: 'the access token is a JWT access token (RFC 9068) with these claims and no others',
    run: async (app) => {
      const { access } = await app.logIn({ scope: ['read', 'admin'] })
      const { alg, typ, kid, ...rest } = headerOf(access)
      expect([alg, typ, typeof kid, rest]).toEqual(['ES256', 'at+jwt', 'string', {}])
      const { jti, sid, ...claims } = claimsOf(access)
      const times = { iat: app.now, exp: app.now + 300 }
      expect(claims).toEqual({ iss: names.issuer, aud: names.audience, sub: app.sub, scope: 'read admin', ...times })
      for (const id of [jti, sid]) expect(String(id).length).toBeGreaterThanOrEqual(16)
    },
  },
  {
    name: 'the refresh token is opaque, at least 256 bits, and never a JWT',
    run: async (app) => {
      const { refresh } = await app.logIn()
      // cookie-octets without percent signs, so that nothing on the way writes it in another manner.
      expect(refresh).toMatch(/^[A-Za-z0-9_.~-]+$/)
      expect(refresh.length).toBeGreaterThanOrEqual(43)
      for (const part of refresh.split('.')) {
        expect(() => JSON.parse(Buffer.from(part, 'base64url').toString())).toThrow(SyntaxError)
      }
      expect(refresh).not.toContain(app.sub)
    },
  },
  {
    name: 'two log-ins of one subject are two sessions',
    run: async (app) => {
      const [one, two] = [await app.logIn(), await app.logIn()]
      expect(sidOf(one)).not.toBe(sidOf(two))
      expect(claimsOf(one.access)['jti']).not.toBe(claimsOf(two.access)['jti'])
      expect(one.refresh).not.toBe(two.refresh)
      const again = await app.refreshed(one)
      expect(sidOf(again)).toBe(sidOf(one))
      await app.refreshed(two)
    },
  },
  {
    name: 'the session’s own claims are in each access token, also after a refresh',
    run: async (app) => {
      const own = { plan: 'pro', nested: { list: [1, null, 'ü', { deep: true }] }, zero: 0, empty: '' }
      const before = await app.logIn({ scope: ['read'], claims: own })
      expect(claimsOf(before.access)).toMatchObject(own)
      const after = claimsOf((await app.refreshed(before)).access)
      const { jti, ...same } = claimsOf(before.access)
      expect(after).toMatchObject(same)
      expect(after['jti']).not.toBe(jti)
    },
  },
  {
    name: 'a log-in without scope grants none',
    run: async (app) => {
      const { access } = await app.logIn()
      expect(JSON.parse((await app.guarded(access)).body)).toMatchObject({ sub: app.sub, scope: [] })
      expectDenial(app, await app.guarded(access, 'GET', '/read'), 'scope_insufficient')
    },
  },
  {
    name: 'scopes open the routes that ask for them',
    run: async (app) => {
      const reader = await app.logIn({ scope: ['read'] })
      const admin = await app.logIn({ scope: ['read', 'admin'] })
      expect(await app.guarded(reader.access, 'GET', '/read')).toMatchObject({ status: 200 })
      expectDenial(app, await app.guarded(reader.access, 'GET', '/admin'), 'scope_insufficient')
      expect(await app.guarded(admin.access, 'GET', '/admin')).toMatchObject({ status: 200 })
    },
  },
  {
    name: 'the optional route knows who it is',
    run: async (app) => {
      const { access } = await app.logIn()
      expect((await app.guarded(access, 'GET', '/optional')).body).toBe(JSON.stringify({ sub: app.sub }))
      expect((await app.send('GET', '/optional')).body).toBe('{"sub":null}')
    },
  },
  {
    name: 'the access token expires after its life and the tolerance; a refresh heals it',
    run: async (app) => {
      const first = await app.logIn()
      await app.advance(309)
      await expectSignedIn(app, first.access)
      await app.advance(1)
      expectDenial(app, await app.guarded(first.access), 'token_expired')
      await expectSignedIn(app, (await app.refreshed(first)).access)
    },
  },
  {
    name: 'the signature is good for the published key of that kid',
    run: async (app) => {
      const { access } = await app.logIn()
      const keys = createRemoteJWKSet(new URL(`${app.origin}/.well-known/jwks.json`))
      const currentDate = new Date(app.now * 1000)
      const options = { ...names, typ: 'at+jwt', algorithms: ['ES256'], currentDate }
      expect((await jwtVerify(access, keys, options)).payload.sub).toBe(app.sub)
    },
  },
  {
    name: 'a changed access token lets nobody in',
    run: async (app) => {
      const { access } = await app.logIn()
      const [header = '', , signature = ''] = access.split('.')
      const forged = base64url(JSON.stringify({ ...claimsOf(access), sub: 'somebody else' }))
      expectDenial(app, await app.guarded([header, forged, signature].join('.')), 'token_rejected')
      const none = base64url(JSON.stringify({ alg: 'none', typ: 'at+jwt' }))
      expectDenial(app, await app.guarded(`${none}.${forged}.${signature}`), 'token_rejected')
    },
  },
  {
    name: 'a log-in is reported once, by the id of its session alone',
    run: async (app) => {
      await app.skipEvents()
      const tokens = await app.logIn()
      const [event, ...others] = await app.events()
      expect(others).toEqual([])
      expect(event).toEqual({ type: 'session_started', session: sidOf(tokens) })
    },
  },
  {
    name: 'a subject may be any text',
    run: async (app) => {
      const subjects = ['\u0000', '\ud800', '😀 ünï', "'; drop table --", '__proto__', '{brace}', 'x'.repeat(500)]
      for (const text of subjects) {
        const sub = `${text}${app.sub}`
        const tokens = await app.refreshed(await app.logIn({ sub }))
        expect(claimsOf(tokens.access)['sub']).toBe(sub)
        expectEnded(app, await app.endAll(tokens.access))
        await expectDead(app, tokens.refresh)
      }
    },
  },
  {
    name: 'claims may hold any text',
    run: async (app) => {
      const claims = { nul: '\u0000', quote: '"\\', emoji: '😀', 'a\u0000b': 1, constructor: 'x' }
      const { access } = await app.refreshed(await app.logIn({ claims }))
      expect(claimsOf(access)).toMatchObject(claims)
    },
  },
])

/** Guards take the access token from the header and from the cookie, never another one. */
const accepting: readonly SessionCase[] = [
  {
    name: 'guards take the access token from the header and from the cookie',
    run: async (app) => {
      const { access } = await app.logIn({ scope: ['read'], claims: { plan: 'pro' } })
      const claims = claimsOf(access)
      const identity = { sub: app.sub, iss: names.issuer, scope: ['read'] }
      const byHeader = await app.send('GET', '/me', withBearer(access))
      expect(byHeader.body).toBe(JSON.stringify({ ...identity, source: 'header', claims }))
      const byCookie = await app.send('GET', '/me', withCookies({ access }))
      expect(byCookie.body).toBe(JSON.stringify({ ...identity, source: 'cookie', claims }))
      expect(fieldOf(byCookie, 'cache-control')).toMatch(/\b(private|no-store)\b/)
    },
  },
  {
    name: 'both cookies together are what a browser sends',
    run: async (app) => {
      const tokens = await app.logIn()
      expect(await app.send('GET', '/me', withCookies(tokens))).toMatchObject({ status: 200 })
      const response = await app.send('POST', '/session/refresh', withCookies(tokens))
      expectIssued(app, response, lives)
    },
  },
  {
    name: 'header and cookie together are more than one token',
    run: async (app) => {
      const { access } = await app.logIn()
      const fields = [...withBearer(access).fields, ...withCookies({ access }).fields]
      expectDenial(app, await app.send('GET', '/me', { fields }), 'token_repeated')
    },
  },
  {
    name: 'a refresh token opens no guarded route',
    run: async (app) => {
      const { refresh } = await app.logIn()
      expectDenial(app, await app.send('GET', '/me', withCookies({ refresh })), 'token_missing')
      const asAccess = await app.send('GET', '/me', withCookies({ access: refresh }))
      expect(asAccess).toMatchObject({ status: 401 })
      expect(await app.send('GET', '/me', withBearer(refresh))).toMatchObject({ status: 401 })
    },
  },
  {
    name: 'an access token refreshes nothing',
    run: async (app) => {
      const { access, refresh } = await app.logIn()
      await expectDead(app, access)
      await app.refreshed({ refresh })
    },
  },
  {
    name: 'body delivery looks at no access cookie',
    plan: 'body',
    run: async (app) => {
      const { access } = await app.logIn()
      expectDenial(app, await app.send('GET', '/me', withCookies({ access })), 'token_missing')
    },
  },
  {
    name: 'tokenFrom: the cookie alone',
    plan: 'strict',
    run: async (app) => {
      const { access } = await app.logIn()
      expectDenial(app, await app.send('GET', '/me', withBearer(access)), 'token_missing')
      await expectSignedIn(app, access)
    },
  },
]

/** The other issuer of the configuration is accepted besides, and only for itself. */
const issuers: readonly SessionCase[] = [
  {
    name: 'another configured issuer is accepted besides',
    run: async (app) => {
      expect(await app.send('GET', '/me', withBearer(foreignToken(app, {})))).toMatchObject({ status: 200 })
    },
  },
  {
    name: 'another issuer’s key signs nothing in the app’s name',
    run: async (app) => {
      const inOurName = foreignToken(app, { iss: names.issuer, aud: names.audience, sid: 'x' })
      expectDenial(app, await app.send('GET', '/me', withBearer(inOurName)), 'token_rejected')
    },
  },
  {
    name: 'another issuer’s subject of the same name ends none of ours',
    run: async (app) => {
      const ours = await app.logIn()
      // Reading: a subject is one only together with its issuer, so whether this is 204 or a refusal is left open.
      const response = await app.send('DELETE', '/session/all', withBearer(foreignToken(app, { sub: app.sub })))
      expect(response.status).toBeLessThan(500)
      await app.refreshed(ours)
    },
  },
]

function foreignToken(app: App, claims: object): string {
  const header = base64url(JSON.stringify({ alg: 'HS256' }))
  const times = { iat: app.now, exp: app.now + 60 }
  const payload = base64url(JSON.stringify({ iss: foreign.issuer, aud: audience, sub: 'guest', ...times, ...claims }))
  const token = `${header}.${payload}.${base64url(sign('HS256', foreign.key.key, `${header}.${payload}`))}`
  app.transcript.nameSecret('foreign token', token)
  return token
}

/** Of ours nothing is left over: no event says more than it should. */
const reporting: readonly SessionCase[] = inBothDeliveries([
  {
    name: 'a life of a session, as it is reported',
    run: async (app) => {
      await app.skipEvents()
      const first = await app.logIn()
      const second = await app.refreshed(first)
      await app.refreshed(first)
      await app.end(second.refresh)
      await expectDead(app, second.refresh)
      const session = sidOf(first)
      const events = await app.events()
      expect(events.map(({ type, session: of }) => [type, of])).toEqual([
        ['session_started', session],
        ['session_refreshed', session],
        ['session_refreshed', session],
        ['session_ended', session],
        ['denied', undefined],
      ])
      expect(events[4]).toMatchObject({ code: 'refresh_rejected' })
    },
  },
  {
    name: 'refusals are reported once each, with their code',
    run: async (app) => {
      await app.skipEvents()
      await app.send('POST', '/session', { body: '[' })
      await expectDead(app, 'abc')
      await app.send('GET', '/me')
      await app.send('DELETE', '/session/all')
      await app.send('POST', '/session/refresh', { fields: [['Origin', 'https://evil.example']] })
      await expectEvents(app, [
        'denied request_malformed',
        'denied refresh_rejected',
        'denied token_missing',
        'denied token_missing',
        'denied origin_rejected',
      ])
    },
  },
])

export const logIn: SessionTopic = { name: 'log-in', cases: [...issuing, ...accepting, ...issuers, ...reporting] }
