import { expect } from 'vitest'
import type { Field } from '../../harness/raw-http.js'
import { type App, withCookies } from '../harness/app.js'
import {
  expectDead,
  expectDenial,
  expectEnded,
  expectEvents,
  expectIssued,
  expectSignedIn,
  expectSignedOut,
} from '../harness/expectations.js'
import { inBothDeliveries, type SessionCase, type SessionTopic } from '../harness/session-case.js'
import { claimsOf, sidOf, type Tokens } from '../harness/tokens.js'

const rotation: readonly SessionCase[] = inBothDeliveries([
  {
    name: 'each refresh gives another pair for the same session',
    run: async (app) => {
      const pairs = await chain(app, 10)
      expect(new Set(pairs.map(({ refresh }) => refresh)).size).toBe(11)
      expect(new Set(pairs.map(({ access }) => claimsOf(access)['jti'])).size).toBe(11)
      expect(new Set(pairs.map(sidOf)).size).toBe(1)
    },
  },
  {
    name: 'the new access token counts from now',
    run: async (app) => {
      const first = await app.logIn()
      await app.advance(1000)
      const { access } = await app.refreshed(first)
      expect(claimsOf(access)).toMatchObject({ iat: app.now, exp: app.now + 300 })
    },
  },
  {
    name: 'access tokens from before a refresh live out',
    run: async (app) => {
      const [first, , last] = await chain(app, 2)
      for (const each of [first, last]) await expectSignedIn(app, each?.access ?? '')
    },
  },
])

/** Within the grace the parent of the live token gets the same successor again. */
const grace: readonly SessionCase[] = inBothDeliveries([
  {
    name: 'the parent gets the same successor again, with an access token of its own',
    run: async (app) => {
      const first = await app.logIn()
      const second = await app.refreshed(first)
      const again = [await app.refreshed(first), await app.refreshed(first)]
      expect(again.map(({ refresh }) => refresh)).toEqual([second.refresh, second.refresh])
      expect(new Set([second, ...again].map(({ access }) => claimsOf(access)['jti'])).size).toBe(3)
      for (const { access } of again) await expectSignedIn(app, access)
      await app.refreshed(second)
    },
  },
  {
    name: 'a repeated answer is a whole one, to the letter',
    run: async (app) => {
      const { refresh } = await app.logIn()
      await app.refreshed({ refresh })
      expectIssued(app, await app.refresh(refresh), { access: 300, refresh: 1_296_000 })
    },
  },
  {
    name: 'the grace lasts 10 seconds',
    run: async (app) => {
      const first = await app.logIn()
      const second = await app.refreshed(first)
      await app.advance(9)
      expect((await app.refreshed(first)).refresh).toBe(second.refresh)
      await app.advance(2)
      await expectDead(app, first.refresh)
      await expectDead(app, second.refresh)
    },
  },
  {
    name: 'the grace does not slide',
    run: async (app) => {
      const first = await app.logIn()
      const second = await app.refreshed(first)
      for (let time = 0; time < 3; time++) {
        await app.advance(3)
        expect((await app.refreshed(first)).refresh).toBe(second.refresh)
      }
      await app.advance(2)
      await expectDead(app, first.refresh)
    },
  },
  {
    name: 'the grace counts from the rotation, not from the log-in',
    run: async (app) => {
      const first = await app.logIn()
      await app.advance(10_000)
      const second = await app.refreshed(first)
      await app.advance(9)
      expect((await app.refreshed(first)).refresh).toBe(second.refresh)
    },
  },
  {
    name: 'the live token is good after its parent’s grace',
    run: async (app) => {
      const second = await app.refreshed(await app.logIn())
      await app.advance(11)
      await app.refreshed(second)
    },
  },
  {
    name: 'a successor that was used ends the grace',
    run: async (app) => {
      const [first, , third] = await chain(app, 2)
      await expectDead(app, first?.refresh ?? '')
      await expectDead(app, third?.refresh ?? '')
    },
  },
  {
    name: 'a repeated answer prolongs nothing',
    run: async (app) => {
      const first = await app.logIn()
      const second = await app.refreshed(first)
      await app.advance(5)
      await app.refreshed(first)
      await app.advance(app.plan.idleTtl - 5)
      await expectDead(app, second.refresh)
    },
  },
  {
    name: 'ten at once get one successor, and nobody is taken for a thief',
    run: async (app) => {
      const { refresh } = await app.logIn()
      await app.skipEvents()
      const call = ['POST', '/session/refresh', app.presenting(refresh)] as const
      // On a side: whether one access token answers several of them depends on chance.
      const tokens = await app.aside(async (side) => {
        const responses = await side.sendAtOnce(new Array(10).fill(call))
        const events = await side.events()
        expect(events.map(({ type }) => type)).toEqual(new Array(10).fill('session_refreshed'))
        expect(events.filter(({ repeated }) => repeated === false)).toHaveLength(1)
        return responses.map((response) => expectIssued(side, response, { access: 300, refresh: 1_296_000 }))
      })
      expect(new Set(tokens.map((each) => each.refresh)).size).toBe(1)
      await app.refreshed({ refresh: tokens[0]?.refresh ?? '' })
    },
  },
])

const noGrace: readonly SessionCase[] = [
  {
    name: 'reuseGrace 0: the parent is reuse at once',
    plan: 'strict',
    run: async (app) => {
      const first = await app.logIn()
      const second = await app.refreshed(first)
      await expectDead(app, first.refresh)
      await expectDead(app, second.refresh)
    },
  },
  {
    name: 'reuseGrace 0: of ten at once one succeeds, and the session is over',
    plan: 'strict',
    run: async (app) => {
      const { refresh } = await app.logIn()
      const call = ['POST', '/session/refresh', app.presenting(refresh)] as const
      // Sent on a side, since which of them wins depends on chance.
      const responses = await app.aside((side) => side.sendAtOnce(new Array(10).fill(call)))
      expect(responses.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
      for (const response of responses) expect([200, 401]).toContain(response.status)
      await expectDead(app, refresh)
    },
  },
]

/** What is older than the grace allows was stolen, or its successor was. */
const reuse: readonly SessionCase[] = inBothDeliveries([
  {
    name: 'a token of two refreshes ago ends the session',
    run: async (app) => {
      const [first, second, third] = await chain(app, 2)
      await expectDead(app, first?.refresh ?? '')
      for (const each of [second, third]) await expectDead(app, each?.refresh ?? '')
    },
  },
  {
    name: 'a token of ten refreshes and a fortnight ago ends the session',
    run: async (app) => {
      const pairs = await chain(app, 10)
      await app.advance(14 * 86_400)
      await expectDead(app, pairs[0]?.refresh ?? '')
      await expectDead(app, pairs[10]?.refresh ?? '')
    },
  },
  {
    name: 'reuse is reported exactly once, however often it comes',
    run: async (app) => {
      const [first, second, third] = await chain(app, 2)
      await app.skipEvents()
      for (const each of [first, first, second, third, first]) await expectDead(app, each?.refresh ?? '')
      const events = await app.events()
      const session = sidOf(first ?? { access: '', refresh: '' })
      expect(events.filter(({ type }) => type === 'refresh_reused')).toEqual([{ type: 'refresh_reused', session }])
      expect(events.filter(({ type, session: of }) => type === 'session_ended' && of === session)).toHaveLength(1)
      expect(events.filter(({ type }) => type === 'denied')).toHaveLength(5)
      expect(events).toHaveLength(7)
    },
  },
  {
    name: 'reuse from ten at once is reported once',
    run: async (app) => {
      const [first] = await chain(app, 2)
      await app.skipEvents()
      const call = ['POST', '/session/refresh', app.presenting(first?.refresh ?? '')] as const
      for (const response of await app.sendAtOnce(new Array(10).fill(call))) {
        expectDenial(app, response, 'refresh_rejected')
      }
      const types = (await app.events({ sorted: true })).map(({ type }) => type).sort()
      expect(types).toEqual([...new Array(10).fill('denied'), 'refresh_reused', 'session_ended'])
    },
  },
  {
    name: 'reuse in one session leaves the subject’s others alone',
    run: async (app) => {
      const other = await app.logIn()
      const [first] = await chain(app, 2)
      await expectDead(app, first?.refresh ?? '')
      await app.refreshed(other)
    },
  },
  {
    name: 'after reuse a log-in is a new session',
    run: async (app) => {
      const [first] = await chain(app, 2)
      await expectDead(app, first?.refresh ?? '')
      const anew = await app.logIn()
      await expectSignedIn(app, (await app.refreshed(anew)).access)
    },
  },
])

const reuseAndAccess: readonly SessionCase[] = [
  {
    name: 'after reuse access tokens live out, by default',
    run: async (app) => {
      const [first, , third] = await chain(app, 2)
      await expectDead(app, first?.refresh ?? '')
      await expectSignedIn(app, third?.access ?? '')
    },
  },
  {
    name: 'after reuse access tokens are refused at once, with immediate revocation',
    plan: 'body',
    run: async (app) => {
      const [first, , third] = await chain(app, 2)
      await expectDead(app, first?.refresh ?? '')
      for (const each of [first, third]) await expectSignedOut(app, each?.access ?? '')
    },
  },
]

/** A value that was never issued ends nothing, whatever it looks like. */
const forgeries: readonly (readonly [name: string, forge: (token: string) => string])[] = [
  ['the first character changed', (token) => changedAt(token, 0)],
  ['a character early on changed', (token) => changedAt(token, 12)],
  ['a character in the middle changed', (token) => changedAt(token, Math.floor(token.length / 2))],
  ['a character near the end changed', (token) => changedAt(token, token.length - 8)],
  ['the last character changed', (token) => changedAt(token, token.length - 1)],
  ['cut short', (token) => token.slice(0, -1)],
  ['the first half', (token) => token.slice(0, token.length / 2)],
  ['with a character more', (token) => `${token}A`],
  ['with padding', (token) => `${token}=`],
  ['in upper case', (token) => token.toUpperCase()],
  ['backwards', (token) => [...token].reverse().join('')],
  ['with everything but its beginning made up', (token) => token.slice(0, 26) + 'A'.repeat(token.length - 26)],
  ['twice over', (token) => `${token}.${token}`],
  ['in quotes', (token) => `"${token}"`],
  ['percent-encoded', (token) => `%${token.charCodeAt(0).toString(16)}${token.slice(1)}`],
  ['a word', () => 'abc'],
  ['dots', () => '..'],
  ['a JWT', () => 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.'],
  ['7,000 characters', () => 'x'.repeat(7000)],
]

const forged: readonly SessionCase[] = [
  ...forgeries.map((each) => ({
    name: `a forged token ends nothing: ${each[0]}`,
    run: (app: App) => expectForgeries(app, [each]),
  })),
  {
    name: 'forged tokens end nothing, in bodies',
    plan: 'body',
    run: (app: App) => expectForgeries(app, forgeries),
  },
]

/** Forges the live token and its parent; nothing comes of it but refusals. */
async function expectForgeries(app: App, tried: typeof forgeries): Promise<void> {
  const [first, second] = await chain(app, 1)
  await app.skipEvents()
  for (const [, forge] of tried) {
    for (const token of [first?.refresh, second?.refresh]) {
      const value = forge(token ?? '')
      if (value.length > 20) app.transcript.nameSecret('forgery', value)
      await expectDead(app, value)
    }
  }
  await expectEvents(app, new Array(2 * tried.length).fill('denied refresh_rejected'))
  await app.refreshed(second ?? { refresh: '' })
}

const spliced: readonly SessionCase[] = inBothDeliveries([
  {
    name: 'a forged token ends nothing: parts of two sessions',
    run: async (app) => {
      const [one, two] = [await app.logIn(), await app.logIn()]
      const cut = one.refresh.indexOf('.') + 1 || 22
      await expectDead(app, one.refresh.slice(0, cut) + two.refresh.slice(cut))
      await expectDead(app, two.refresh.slice(0, -10) + one.refresh.slice(-10))
      await app.refreshed(one)
      await app.refreshed(two)
    },
  },
])

const absent: readonly SessionCase[] = [
  {
    name: 'no refresh cookie',
    run: async (app) => expectDenial(app, await app.send('POST', '/session/refresh'), 'refresh_rejected'),
  },
  {
    name: 'an empty refresh cookie',
    run: async (app) => expectDead(app, ''),
  },
  {
    name: 'no body',
    plan: 'body',
    run: async (app) => expectDenial(app, await app.send('POST', '/session/refresh'), 'refresh_rejected'),
  },
  {
    name: 'a body without a refresh token',
    plan: 'body',
    run: async (app) => expectDenial(app, await app.send('POST', '/session/refresh', { body: {} }), 'refresh_rejected'),
  },
  {
    name: 'an empty refresh token',
    plan: 'body',
    run: async (app) => expectDead(app, ''),
  },
  {
    name: 'two refresh cookies with different values',
    run: async (app) => {
      const [one, two] = [await app.logIn(), await app.logIn()]
      for (const fields of repeated(one, two)) {
        expectDenial(app, await app.send('POST', '/session/refresh', { fields }), 'refresh_rejected')
      }
      await app.refreshed(one)
      await app.refreshed(two)
    },
  },
  {
    name: 'a refresh cookie beside an empty one of its name',
    run: async (app) => {
      const { refresh } = await app.logIn()
      for (const value of [
        `__Host-refresh=${refresh}; __Host-refresh=`,
        `__Host-refresh=; __Host-refresh=${refresh}`,
      ]) {
        await app.skipEvents()
        const response = await app.send('POST', '/session/refresh', { fields: [['Cookie', value]] })
        expectDenial(app, response, 'refresh_rejected')
        expect(await app.events()).toMatchObject([{ type: 'denied', reason: 'refresh_repeated' }])
      }
      await app.refreshed({ refresh })
    },
  },
  {
    name: 'a refresh cookie between others, with spaces and tabs around name and value',
    run: async (app) => {
      const { refresh } = await app.logIn()
      const fields: readonly Field[] = [['Cookie', `a=b;  __Host-refresh \t=\t ${refresh}  ; c; =d`]]
      expectIssued(app, await app.send('POST', '/session/refresh', { fields }), { access: 300, refresh: 1_296_000 })
    },
  },
  {
    name: 'a refresh cookie that is quoted or percent-encoded is none of ours',
    run: async (app) => {
      const { refresh } = await app.logIn()
      for (const value of [`"${refresh}"`, refresh.replaceAll('.', '%2e'), `${refresh}%00`])
        await expectDead(app, value)
      await app.refreshed({ refresh })
    },
  },
  {
    name: 'a refresh cookie by another name',
    run: async (app) => {
      const { refresh } = await app.logIn()
      for (const name of ['__Host-Refresh', '__host-refresh', 'refresh', '__Secure-refresh', '__Host-refresh2']) {
        const sent = { fields: [['Cookie', `${name}=${refresh}`]] as const }
        expectDenial(app, await app.send('POST', '/session/refresh', sent), 'refresh_rejected')
      }
      await app.refreshed({ refresh })
    },
  },
  {
    name: 'cookie delivery looks at no body',
    run: async (app) => {
      const { refresh } = await app.logIn()
      const inBody = await app.send('POST', '/session/refresh', { body: { refreshToken: refresh } })
      expectDenial(app, inBody, 'refresh_rejected')
      const response = await app.send('POST', '/session/refresh', { ...withCookies({ refresh }), body: '{not json' })
      expectIssued(app, response, { access: 300, refresh: 1_296_000 })
    },
  },
  {
    name: 'body delivery looks at no cookie',
    plan: 'body',
    run: async (app) => {
      const [one, two] = [await app.logIn(), await app.logIn()]
      expectDenial(app, await app.send('POST', '/session/refresh', withCookies(one)), 'refresh_rejected')
      const sent = { ...withCookies(one), body: { refreshToken: two.refresh } }
      const response = await app.send('POST', '/session/refresh', sent)
      expectIssued(app, response, { access: 300, refresh: 1_296_000 })
      await app.refreshed(one)
    },
  },
  {
    name: 'a Bearer token at refresh is not looked at',
    run: async (app) => {
      const { refresh } = await app.logIn()
      const fields: Field[] = [...withCookies({ refresh }).fields, ['Authorization', 'Bearer nonsense']]
      expect(await app.send('POST', '/session/refresh', { fields })).toMatchObject({ status: 200 })
    },
  },
]

/** Idle and absolute end, by the clock. */
const expiry: readonly SessionCase[] = inBothDeliveries([
  {
    name: 'a session that nobody refreshes ends after 15 days',
    run: async (app) => {
      const [early, late] = [await app.logIn(), await app.logIn()]
      await app.advance(app.plan.idleTtl - 1)
      await app.refreshed(early)
      await app.advance(1)
      await app.skipEvents()
      await expectDead(app, late.refresh)
      await expectEvents(app, ['denied refresh_rejected'])
    },
  },
  {
    name: 'a refresh prolongs the session, but not beyond 30 days',
    run: async (app) => {
      const fortnight = 14 * 86_400
      let tokens = await app.logIn()
      await app.advance(fortnight)
      const prolonged = await app.refresh(tokens.refresh)
      tokens = expectIssued(app, prolonged, { access: 300, refresh: 1_296_000 })
      await app.advance(fortnight)
      const shortened = await app.refresh(tokens.refresh)
      tokens = expectIssued(app, shortened, { access: 300, refresh: 2 * 86_400 })
      await app.advance(2 * 86_400)
      await expectDead(app, tokens.refresh)
    },
  },
  {
    name: 'no access token outlives the absolute end',
    run: async (app) => {
      const end = app.now + app.plan.absoluteTtl
      let tokens = await app.logIn()
      await app.advance(14 * 86_400)
      tokens = await app.refreshed(tokens)
      await app.advance(14 * 86_400)
      tokens = await app.refreshed(tokens)
      await app.advance(end - 100 - app.now)
      tokens = expectIssued(app, await app.refresh(tokens.refresh), { access: 100, refresh: 100 })
      expect(claimsOf(tokens.access)['exp']).toBe(end)
      await app.advance(99)
      tokens = expectIssued(app, await app.refresh(tokens.refresh), { access: 1, refresh: 1 })
      expect(claimsOf(tokens.access)['exp']).toBe(end)
      await expectSignedIn(app, tokens.access)
      await app.advance(1)
      await expectDead(app, tokens.refresh)
      await app.advance(10)
      await expectSignedOut(app, tokens.access, 'token_expired')
    },
  },
  {
    name: 'the grace outlives no session',
    run: async (app) => {
      let tokens = await app.logIn()
      const end = app.now + app.plan.absoluteTtl
      for (let time = 0; time < 2; time++) {
        await app.advance(14 * 86_400)
        tokens = await app.refreshed(tokens)
      }
      await app.advance(end - 3 - app.now)
      await app.refreshed(tokens)
      await app.advance(3)
      await expectDead(app, tokens.refresh)
    },
  },
  {
    name: 'an expired session can be ended, which does nothing',
    run: async (app) => {
      const { refresh } = await app.logIn()
      await app.advance(app.plan.idleTtl)
      await app.skipEvents()
      expectEnded(app, await app.end(refresh))
      await expectEvents(app, [])
    },
  },
])

const strictExpiry: readonly SessionCase[] = [
  {
    name: 'configured lives: idle 600, absolute 1000, access 60',
    plan: 'strict',
    run: async (app) => {
      const response = await app.send('POST', '/session', { body: { sub: app.sub } })
      let tokens = expectIssued(app, response, { access: 60, refresh: 600 })
      await app.advance(59)
      await expectSignedIn(app, tokens.access)
      await app.advance(1)
      await expectSignedOut(app, tokens.access, 'token_expired')
      await app.advance(539)
      tokens = expectIssued(app, await app.refresh(tokens.refresh), { access: 60, refresh: 401 })
      await app.advance(360)
      tokens = expectIssued(app, await app.refresh(tokens.refresh), { access: 41, refresh: 41 })
      await app.advance(41)
      await expectDead(app, tokens.refresh)
    },
  },
  {
    name: 'configured lives: idle, to the second',
    plan: 'strict',
    run: async (app) => {
      const { refresh } = await app.logIn()
      await app.advance(600)
      await expectDead(app, refresh)
    },
  },
]

export const refresh: SessionTopic = {
  name: 'refresh',
  cases: [
    ...rotation,
    ...grace,
    ...noGrace,
    ...reuse,
    ...reuseAndAccess,
    ...forged,
    ...spliced,
    ...absent,
    ...expiry,
    ...strictExpiry,
  ],
}

/** A log-in and so many refreshes: every pair, the oldest first. */
async function chain(app: App, refreshes: number): Promise<readonly Tokens[]> {
  const pairs = [await app.logIn()]
  for (let i = 0; i < refreshes; i++) pairs.push(await app.refreshed(pairs[i] ?? { refresh: '' }))
  return pairs
}

/** Another character of the same alphabet, and never one that a lenient decoder takes for the same. */
function changedAt(token: string, at: number): string {
  const other = token[at] === 'A' ? 'Z' : 'A'
  return token.slice(0, at) + other + token.slice(at + 1)
}

function repeated(one: Tokens, two: Tokens): readonly (readonly Field[])[] {
  const [first, second] = [`__Host-refresh=${one.refresh}`, `__Host-refresh=${two.refresh}`]
  return [
    [['Cookie', `${first}; ${second}`]],
    [
      ['Cookie', first],
      ['Cookie', second],
    ],
  ]
}
