import { expect } from 'vitest'
import type { Field } from '../../harness/raw-http.js'
import { type App, withBearer, withCookies } from '../harness/app.js'
import {
  expectDead,
  expectDenial,
  expectEnded,
  expectEvents,
  expectSignedIn,
  expectSignedOut,
} from '../harness/expectations.js'
import { inBothDeliveries, type SessionCase, type SessionTopic } from '../harness/session-case.js'
import { sidOf } from '../harness/tokens.js'

const ending: readonly SessionCase[] = inBothDeliveries([
  {
    name: 'the live refresh token ends its session',
    run: async (app) => {
      const tokens = await app.logIn()
      expectEnded(app, await app.end(tokens.refresh))
      await expectDead(app, tokens.refresh)
    },
  },
  {
    name: 'a superseded one does it too, within the grace',
    run: async (app) => {
      const first = await app.logIn()
      const second = await app.refreshed(first)
      expectEnded(app, await app.end(first.refresh))
      for (const each of [first, second]) await expectDead(app, each.refresh)
    },
  },
  {
    name: 'a superseded one does it too, long after',
    run: async (app) => {
      const first = await app.logIn()
      let last = first
      for (let time = 0; time < 3; time++) last = await app.refreshed(last)
      await app.advance(1000)
      await app.skipEvents()
      expectEnded(app, await app.end(first.refresh))
      await expectEvents(app, ['session_ended'])
      await expectDead(app, last.refresh)
    },
  },
  {
    name: 'the end is reported once, and is no reuse',
    run: async (app) => {
      const tokens = await app.logIn()
      await app.skipEvents()
      for (let time = 0; time < 3; time++) expectEnded(app, await app.end(tokens.refresh))
      await expectDead(app, tokens.refresh)
      const [ended, denied, ...others] = await app.events()
      expect(ended).toMatchObject({ type: 'session_ended', session: sidOf(tokens) })
      expect(denied).toMatchObject({ type: 'denied', code: 'refresh_rejected' })
      expect(others).toEqual([])
    },
  },
  {
    name: 'no refresh token: 204 all the same',
    run: async (app) => {
      await app.skipEvents()
      expectEnded(app, await app.send('DELETE', '/session'))
      expectEnded(app, await app.end(''))
      await expectEvents(app, [])
    },
  },
  {
    name: 'something that is no refresh token: 204 all the same',
    run: async (app) => {
      for (const value of ['nonsense', '..', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.']) {
        expectEnded(app, await app.end(value))
      }
    },
  },
  {
    name: 'a forged token ends nothing',
    run: async (app) => {
      const { refresh } = await app.logIn()
      for (const at of [0, 12, 40, refresh.length - 8, refresh.length - 1]) {
        const other = refresh[at] === 'A' ? 'Z' : 'A'
        expectEnded(app, await app.end(refresh.slice(0, at) + other + refresh.slice(at + 1)))
      }
      await app.refreshed({ refresh })
    },
  },
  {
    name: 'the subject’s other sessions go on',
    run: async (app) => {
      const [one, other] = [await app.logIn(), await app.logIn()]
      await app.end(one.refresh)
      await app.refreshed(other)
    },
  },
  {
    name: 'the access token is not looked at',
    run: async (app) => {
      const [one, other] = [await app.logIn(), await app.logIn()]
      const sent = app.presenting(one.refresh)
      const both =
        sent.fields === undefined ? [] : [['Cookie', `__Host-refresh=${one.refresh}; __Host-access=x`] as const]
      const fields: Field[] = [...both, ['Authorization', `Bearer ${other.access}`]]
      expectEnded(app, await app.send('DELETE', '/session', { ...sent, fields }))
      await expectDead(app, one.refresh)
      await app.refreshed(other)
      const alone: Field[] = [['Authorization', `Bearer ${other.access}`]]
      expectEnded(app, await app.send('DELETE', '/session', { fields: alone }))
      expectEnded(app, await app.send('DELETE', '/session', withCookies({ access: other.access })))
      await expectSignedIn(app, other.access)
    },
  },
  {
    name: 'ended is ended, also within the grace of a rotation',
    run: async (app) => {
      const first = await app.logIn()
      const second = await app.refreshed(first)
      await app.end(second.refresh)
      await expectDead(app, first.refresh)
      await expectDead(app, second.refresh)
    },
  },
  {
    name: 'of ten ends at once each is 204, and one is reported',
    run: async (app) => {
      const { refresh } = await app.logIn()
      await app.skipEvents()
      const call = ['DELETE', '/session', app.presenting(refresh)] as const
      for (const response of await app.sendAtOnce(new Array(10).fill(call))) expectEnded(app, response)
      await expectEvents(app, ['session_ended'])
    },
  },
  {
    name: 'an end at the same time as refreshes: afterwards nothing of it refreshes',
    run: async (app) => {
      const tokens = await app.logIn()
      // Which of them come first depends on chance.
      const alive = await app.aside(async (side) => {
        const again = ['POST', '/session/refresh', app.presenting(tokens.refresh)] as const
        const end = ['DELETE', '/session', app.presenting(tokens.refresh)] as const
        const responses = await side.sendAtOnce([again, again, end, again, again, again])
        expect(responses.map(({ status }) => status).every((status) => [200, 204, 401].includes(status))).toBe(true)
        expect(responses[2]).toMatchObject({ status: 204 })
        return side.given
      })
      for (const refresh of [tokens.refresh, ...new Set(alive.map((each) => each.refresh))]) {
        await app.aside((side) => expectDead(side, refresh))
      }
    },
  },
])

const accessAfterwards: readonly SessionCase[] = [
  {
    name: 'by default access tokens of an ended session live out',
    run: async (app) => {
      const tokens = await app.logIn()
      await app.end(tokens.refresh)
      await expectSignedIn(app, tokens.access)
      await app.advance(310)
      await expectSignedOut(app, tokens.access, 'token_expired')
    },
  },
  {
    name: 'with immediate revocation they are refused at once',
    plan: 'body',
    run: async (app) => {
      const first = await app.logIn()
      const second = await app.refreshed(first)
      const other = await app.logIn()
      for (const each of [first, second, other]) await expectSignedIn(app, each.access)
      await app.end(second.refresh)
      for (const each of [first, second]) await expectSignedOut(app, each.access)
      await expectSignedIn(app, other.access)
    },
  },
  {
    name: 'with immediate revocation a cookie is refused at once, and until it would have expired',
    plan: 'strict',
    run: async (app) => {
      const tokens = await app.logIn()
      await expectSignedIn(app, tokens.access)
      await app.end(tokens.refresh)
      await expectSignedOut(app, tokens.access)
      await app.advance(59)
      await expectSignedOut(app, tokens.access)
      await app.advance(1)
      await expectSignedOut(app, tokens.access, 'token_expired')
    },
  },
  {
    name: 'the optional route refuses a revoked token too',
    plan: 'body',
    run: async (app) => {
      const tokens = await app.logIn()
      await app.end(tokens.refresh)
      expectDenial(app, await app.guarded(tokens.access, 'GET', '/optional'), 'token_rejected')
    },
  },
]

const endingAll: readonly SessionCase[] = inBothDeliveries([
  {
    name: 'all: every session of the subject is over, and nobody else’s',
    run: async (app) => {
      const sessions = [await app.logIn(), await app.logIn(), await app.logIn()]
      const refreshed = await app.refreshed(sessions[0] ?? { refresh: '' })
      const somebodyElse = await app.logIn({ sub: `${app.sub}-else` })
      expectEnded(app, await app.endAll(sessions[1]?.access ?? ''))
      for (const each of [...sessions, refreshed]) await expectDead(app, each.refresh)
      await app.refreshed(somebodyElse)
    },
  },
  {
    name: 'all: each end is reported, by its session',
    run: async (app) => {
      const sessions = [await app.logIn(), await app.logIn()]
      await app.skipEvents()
      await app.endAll(sessions[0]?.access ?? '')
      const events = await app.aside((side) => side.events())
      expect(events.map(({ type }) => type)).toEqual(['session_ended', 'session_ended'])
      expect(new Set(events.map(({ session }) => session))).toEqual(new Set(sessions.map(sidOf)))
    },
  },
  {
    name: 'all: a log-in afterwards is a new session',
    run: async (app) => {
      const { access } = await app.logIn()
      await app.endAll(access)
      const anew = await app.logIn()
      await expectSignedIn(app, anew.access)
      await app.refreshed(anew)
    },
  },
  {
    name: 'all: without an access token',
    run: async (app) => {
      const { refresh } = await app.logIn()
      expectDenial(app, await app.send('DELETE', '/session/all'), 'token_missing')
      expectDenial(app, await app.send('DELETE', '/session/all', app.presenting(refresh)), 'token_missing')
      await app.refreshed({ refresh })
    },
  },
  {
    name: 'all: with an expired access token',
    run: async (app) => {
      const tokens = await app.logIn()
      await app.advance(310)
      expectDenial(app, await app.endAll(tokens.access), 'token_expired')
      await app.refreshed(tokens)
    },
  },
  {
    name: 'all: with a malformed access token',
    run: async (app) => {
      expectDenial(app, await app.endAll('abc'), 'token_malformed')
      const empty = { fields: [['Authorization', 'Bearer']] as const }
      expectDenial(app, await app.send('DELETE', '/session/all', empty), 'request_malformed')
    },
  },
  {
    name: 'all: a body is not looked at',
    run: async (app) => {
      const { access, refresh } = await app.logIn()
      const sent = app.plan.delivery === 'body' ? withBearer(access) : withCookies({ access })
      expectEnded(app, await app.send('DELETE', '/session/all', { ...sent, body: '{"sub":"somebody"' }))
      await expectDead(app, refresh)
    },
  },
])

const endingAllBesides: readonly SessionCase[] = [
  {
    name: 'all: with the access token in the header, cookies are cleared all the same',
    run: async (app) => {
      const { access, refresh } = await app.logIn()
      expectEnded(app, await app.send('DELETE', '/session/all', withBearer(access)))
      await expectDead(app, refresh)
    },
  },
  {
    name: 'all: with immediate revocation every access token is refused at once',
    plan: 'body',
    run: async (app) => {
      const sessions = [await app.logIn(), await app.logIn()]
      for (const each of sessions) await expectSignedIn(app, each.access)
      await app.endAll(sessions[0]?.access ?? '')
      for (const each of sessions) await expectSignedOut(app, each.access)
      expectDenial(app, await app.endAll(sessions[0]?.access ?? ''), 'token_rejected')
      await expectSignedIn(app, (await app.logIn()).access)
    },
  },
  {
    name: 'all: refreshes at the same time; afterwards nothing of it refreshes',
    plan: 'body',
    run: async (app) => {
      const [one, two] = [await app.logIn(), await app.logIn()]
      const given = await app.aside((side) => refreshWhileEnding(side, one.refresh, two.refresh, one.access))
      for (const refresh of new Set([one.refresh, two.refresh, ...given])) {
        await app.aside((side) => expectDead(side, refresh))
      }
    },
  },
]

async function refreshWhileEnding(side: App, one: string, two: string, access: string): Promise<readonly string[]> {
  const call = (refresh: string) => ['POST', '/session/refresh', side.presenting(refresh)] as const
  const all = ['DELETE', '/session/all', withBearer(access)] as const
  const responses = await side.sendAtOnce([call(one), call(two), all, call(one), call(two), call(one)])
  expect(responses[2]).toMatchObject({ status: 204 })
  for (const { status } of responses) expect([200, 204, 401]).toContain(status)
  return side.given.map(({ refresh }) => refresh)
}

export const end: SessionTopic = {
  name: 'the end',
  cases: [...ending, ...accessAfterwards, ...endingAll, ...endingAllBesides],
}
