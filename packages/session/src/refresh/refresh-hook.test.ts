import { ConfigError } from '@latchkey/core'
import { describe, expect, test } from 'vitest'
import { claimsOf, createApp, eventsOf, logIn, refresh, refusal, sessionOf } from '../../test/app.js'
import type { OnRefresh, RefreshingSession } from '../index.js'

describe('onRefresh', () => {
  test('is asked about the session and says what it may do from now on', async () => {
    const asked: RefreshingSession[] = []
    const onRefresh: OnRefresh = async (session) => {
      asked.push(session)
      return { scope: ['read', 'admin'], claims: { plan: 'pro' } }
    }
    const app = await createApp({ onRefresh })
    const login = await logIn(app, { claims: { plan: 'free' }, clientId: 'web' })
    const next = await refresh(app, login.refresh)
    expect(asked).toEqual([
      { sub: 'user-1', scope: ['read'], claims: { plan: 'free' }, clientId: 'web', session: sessionOf(login.refresh) },
    ])
    expect(await claimsOf(app, next.access)).toMatchObject({ scope: 'read admin', plan: 'pro', client_id: 'web' })
    app.advance(20)
    await refresh(app, next.refresh)
    expect(asked[1]).toMatchObject({ scope: ['read', 'admin'], claims: { plan: 'pro' } })
  })

  test('leaves as it is what it does not name', async () => {
    const app = await createApp({ onRefresh: () => ({ scope: [] }) })
    const next = await refresh(app, (await logIn(app, { claims: { plan: 'free' } })).refresh)
    const claims = await claimsOf(app, next.access)
    expect(claims['plan']).toBe('free')
    expect(claims).not.toHaveProperty('scope')
  })

  test('is not asked again within the grace, where the winner has its answer', async () => {
    let asked = 0
    const app = await createApp({ onRefresh: () => ({ claims: { asked: ++asked } }) })
    const { refresh: token } = await logIn(app)
    await refresh(app, token)
    const late = await refresh(app, token)
    expect((await claimsOf(app, late.access))['asked']).toBe(1)
    expect(asked).toBe(1)
  })

  test('gives losers of a race what the winner was granted', async () => {
    let asked = 0
    const app = await createApp({ onRefresh: async () => ({ claims: { asked: ++asked } }) })
    const { refresh: token } = await logIn(app)
    const all = await Promise.all([1, 2, 3].map(() => refresh(app, token)))
    const granted = await Promise.all(all.map(async ({ access }) => (await claimsOf(app, access))['asked']))
    expect(new Set(granted).size).toBe(1)
    expect(new Set(all.map((each) => each.refresh)).size).toBe(1)
  })

  test('ends the session with null', async () => {
    const app = await createApp({ onRefresh: () => null })
    const { refresh: token } = await logIn(app)
    expect((await refusal(refresh(app, token), 'refresh_rejected')).reason).toBe('session_ended')
    expect(eventsOf(app, 'session_ended')).toEqual([
      { type: 'session_ended', session: sessionOf(token), reason: 'hook' },
    ])
    expect(await app.sessions.list('user-1')).toEqual([])
  })

  test('consumes nothing where it throws, and its error passes through', async () => {
    let isDown = true
    const app = await createApp({
      onRefresh: async () => {
        if (isDown) throw new RangeError('the database is down')
        return {}
      },
    })
    const { refresh: token } = await logIn(app)
    await expect(refresh(app, token)).rejects.toThrow(RangeError)
    isDown = false
    app.advance(60)
    await refresh(app, token)
    expect(eventsOf(app, 'session_refreshed', 'denied')).toHaveLength(1)
  })

  test.each([
    ['a reserved claim', { claims: { exp: 1 } }],
    ['a scope that is not one word', { scope: ['a b'] }],
    ['claims too large for a cookie', { claims: { text: 'x'.repeat(4000) } }],
    ['claims nested too deep', { claims: nested(64) }],
    ['claims that are a list', { claims: [] }],
    ['nothing', undefined],
    ['a word', 'read'],
    ['a list', []],
    ['false', false],
  ])("consumes nothing where it gives %s: the app's mistake, not the client's", async (_what, grant) => {
    let answer: unknown = grant
    const app = await createApp({ onRefresh: () => answer as object })
    const { refresh: token } = await logIn(app)
    await expect(refresh(app, token)).rejects.toThrow(ConfigError)
    expect(eventsOf(app, 'denied', 'session_ended')).toEqual([])
    answer = {}
    app.advance(60)
    await refresh(app, token)
  })
})

/** Claims with so many levels below the claims set itself. */
function nested(levels: number): object {
  return levels === 0 ? {} : { a: nested(levels - 1) }
}
