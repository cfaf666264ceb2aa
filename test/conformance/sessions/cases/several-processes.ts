import { setTimeout } from 'node:timers/promises'
import { expect } from 'vitest'
import type { App } from '../harness/app.js'
import { expectDead, expectEnded, expectIssued, expectSignedIn } from '../harness/expectations.js'
import type { SessionTopic, SharedCase } from '../harness/session-case.js'
import { sidOf, type Tokens } from '../harness/tokens.js'

/** Within this time every process refuses what one has revoked, in milliseconds. */
const promised = 1000

/** Revocation delays that were measured, in milliseconds. */
export const revocationDelays: number[] = []

const together: readonly SharedCase[] = [
  {
    name: 'a session begun by one is refreshed by the next, and ended by the third',
    plan: 'body',
    together: async (apps) => {
      let tokens = await nth(apps, 0).logIn()
      const session = sidOf(tokens)
      for (let turn = 0; turn < 6; turn++) tokens = await nth(apps, turn).refreshed(tokens)
      expect(sidOf(tokens)).toBe(session)
      expectEnded(nth(apps, 2), await nth(apps, 2).end(tokens.refresh))
      for (const app of apps) await expectDead(app, tokens.refresh)
    },
  },
  {
    name: 'an access token of one is good with all',
    plan: 'body',
    together: async (apps) => {
      const { access } = await nth(apps, 0).logIn()
      for (const app of apps) await expectSignedIn(app, access)
    },
  },
  {
    name: 'the parent gets the same successor from all, until one has used it',
    plan: 'body',
    together: async (apps) => {
      const first = await nth(apps, 0).logIn()
      const second = await nth(apps, 1).refreshed(first)
      for (const app of apps) expect((await app.refreshed(first)).refresh).toBe(second.refresh)
      await nth(apps, 2).refreshed(second)
      await expectDead(nth(apps, 0), first.refresh)
      for (const app of apps) await expectDead(app, second.refresh)
    },
  },
  {
    name: 'thirty refreshes at once, spread over all, have one successor',
    plan: 'body',
    together: async (apps) => {
      const { refresh } = await nth(apps, 0).logIn()
      const call = ['POST', '/session/refresh', nth(apps, 0).presenting(refresh)] as const
      const answers = await Promise.all(apps.map((app) => app.sendAtOnce(new Array(10).fill(call))))
      const given = answers.flatMap((responses, i) =>
        responses.map((response) => expectIssued(nth(apps, i), response, { access: 300, refresh: 1_296_000 })),
      )
      expect(new Set(given.map((tokens) => tokens.refresh)).size).toBe(1)
      await nth(apps, 1).refreshed(given[0] ?? { refresh: '' })
    },
  },
  {
    name: 'reuse with one ends the session with all, and one reports it',
    plan: 'body',
    together: async (apps) => {
      const first = await nth(apps, 0).logIn()
      const last = await nth(apps, 2).refreshed(await nth(apps, 1).refreshed(first))
      for (const app of apps) await app.skipEvents()
      const call = ['POST', '/session/refresh', nth(apps, 0).presenting(first.refresh)] as const
      await Promise.all(apps.map((app) => app.sendAtOnce(new Array(5).fill(call))))
      for (const app of apps) await expectDead(app, last.refresh)
      const events = (await Promise.all(apps.map((app) => app.events()))).flat()
      expect(events.filter(({ type }) => type === 'refresh_reused')).toHaveLength(1)
      expect(events.filter(({ type }) => type === 'session_ended')).toHaveLength(1)
    },
  },
  {
    name: 'all of a subject’s sessions, begun by any, are ended by one',
    plan: 'body',
    together: async (apps) => {
      const { sub } = nth(apps, 0)
      const sessions: Tokens[] = []
      for (const app of apps) sessions.push(await app.logIn({ sub }))
      await nth(apps, 1).endAll(sessions[0]?.access ?? '')
      for (const app of apps) for (const each of sessions) await expectDead(app, each.refresh)
    },
  },
  {
    name: 'immediate revocation: what one ends, all refuse within a second',
    plan: 'body',
    together: async (apps) => {
      for (let turn = 0; turn < 9; turn++) {
        const ending = nth(apps, turn)
        const tokens = await ending.logIn()
        for (const app of apps) await expectSignedIn(app, tokens.access)
        await ending.end(tokens.refresh)
        await expectRefusedSoon(apps, tokens.access)
      }
    },
  },
  {
    name: 'immediate revocation: so it is after the end of all, and after reuse',
    plan: 'body',
    together: async (apps) => {
      const { sub } = nth(apps, 0)
      const sessions: Tokens[] = []
      for (const app of apps) sessions.push(await app.logIn({ sub }))
      await nth(apps, 2).endAll(sessions[0]?.access ?? '')
      for (const each of sessions) await expectRefusedSoon(apps, each.access)

      const first = await nth(apps, 0).logIn()
      const last = await nth(apps, 1).refreshed(await nth(apps, 1).refreshed(first))
      await expectDead(nth(apps, 2), first.refresh)
      await expectRefusedSoon(apps, last.access)
    },
  },
]

function nth(apps: readonly App[], turn: number): App {
  const app = apps[turn % apps.length]
  if (app === undefined) throw new Error('there is no server')
  return app
}

/** Asks every server until all of them say no; the token was revoked just now. */
async function expectRefusedSoon(apps: readonly App[], access: string): Promise<void> {
  const since = performance.now()
  for (const app of apps) {
    let response = await app.guarded(access)
    while (response.status === 200 && performance.now() - since < 5 * promised) {
      await setTimeout(2)
      response = await app.guarded(access)
    }
    expect(response).toMatchObject({ status: 401 })
  }
  const delay = performance.now() - since
  revocationDelays.push(delay)
  expect(delay).toBeLessThan(promised)
}

export const severalProcesses: SessionTopic = { name: 'several processes', cases: together }
