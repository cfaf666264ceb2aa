import { serializeCookie } from '@latchkey/core/adapter'
import { describe, expect, test } from 'vitest'
import {
  audience,
  claimsOf,
  createApp,
  eventsOf,
  guard,
  logIn,
  refresh,
  refreshing,
  refusal,
  sessionOf,
} from '../../test/app.js'
import { changedStore } from '../../test/faulty-store.js'
import { memoryStore } from '../store/memory-store.js'
import { StoreUnavailableError } from '../store/session-store.js'

describe('rotation', () => {
  test('exchanges a refresh token for its successor and a new access token', async () => {
    const app = await createApp()
    const first = await logIn(app)
    app.advance(100)
    const second = await refresh(app, first.refresh)
    expect(second.refresh).not.toBe(first.refresh)
    expect(sessionOf(second.refresh)).toBe(sessionOf(first.refresh))
    const { iat, exp, sid, jti } = await claimsOf(app, second.access)
    expect({ iat, exp, sid }).toEqual({ iat: app.now(), exp: app.now() + 300, sid: sessionOf(first.refresh) })
    expect(jti).not.toBe((await claimsOf(app, first.access))['jti'])
    expect(app.events).toEqual([
      { type: 'session_started', session: sid },
      { type: 'session_refreshed', session: sid, repeated: false },
    ])
  })

  test('goes on for as long as it is used', async () => {
    const app = await createApp()
    let { refresh: token } = await logIn(app)
    for (let step = 0; step < 50; step++) {
      app.advance(300)
      token = (await refresh(app, token)).refresh
    }
    expect(eventsOf(app, 'session_refreshed')).toHaveLength(50)
  })

  test('two at once: one successor', async () => {
    const app = await createApp()
    const { refresh: token } = await logIn(app)
    const all = await Promise.all(Array.from({ length: 100 }, () => refresh(app, token)))
    expect(new Set(all.map((each) => each.refresh)).size).toBe(1)
    const repeated = eventsOf(app, 'session_refreshed').map((event) => 'repeated' in event && event.repeated)
    expect(repeated.filter((each) => !each)).toHaveLength(1)
    expect(repeated).toHaveLength(100)
    expect(eventsOf(app, 'refresh_reused', 'denied')).toEqual([])
    await refresh(app, all[0]?.refresh ?? '')
  })
})

describe('grace', () => {
  test('gives the parent the same successor again, with an access token of its own', async () => {
    const app = await createApp()
    const { refresh: token } = await logIn(app)
    const winner = await refresh(app, token)
    app.advance(9)
    const late = await refresh(app, token)
    expect(late.refresh).toBe(winner.refresh)
    expect(late.access).not.toBe(winner.access)
    expect((await claimsOf(app, late.access))['iat']).toBe(app.now())
  })

  test('does not slide: counted from the rotation, however often it was used', async () => {
    const app = await createApp()
    const { refresh: token } = await logIn(app)
    await refresh(app, token)
    app.advance(6)
    await refresh(app, token)
    app.advance(4)
    await refusal(refresh(app, token), 'refresh_rejected')
    expect(eventsOf(app, 'refresh_reused')).toHaveLength(1)
  })

  test('is over once the successor has been used', async () => {
    const app = await createApp()
    const { refresh: token } = await logIn(app)
    const next = await refresh(app, token)
    await refresh(app, next.refresh)
    await refusal(refresh(app, token), 'refresh_rejected')
    expect(eventsOf(app, 'refresh_reused')).toHaveLength(1)
  })

  test('reuseGrace 0 has none', async () => {
    const app = await createApp({ reuseGrace: 0 })
    const { refresh: token } = await logIn(app)
    await refresh(app, token)
    await refusal(refresh(app, token), 'refresh_rejected')
    expect(eventsOf(app, 'refresh_reused')).toHaveLength(1)
  })
})

test('of two rotations whose replies were lost at once, the one that was carried out is repeated', async () => {
  let now = 1_800_000_000
  const lost: Promise<unknown>[] = []
  const [first, second] = [signal(), signal()]
  const store = changedStore(memoryStore({ clock: () => now }), (families) => ({
    rotate: async (step) => {
      const result = await families.rotate(step)
      if (lost.length === 1) {
        first.give()
        await second.given
      } else if (lost.length === 2) {
        second.give()
        await lost[0]
      }
      if (now === 1_800_000_000) throw new StoreUnavailableError()
      return result
    },
  }))
  const app = await createApp({ store, clock: () => now })
  const { refresh: token } = await logIn(app)
  lost.push(refusal(refresh(app, token), 'store_unavailable'))
  await first.given
  lost.push(refusal(refresh(app, token), 'store_unavailable'))
  await Promise.all(lost)
  now += 60
  await refresh(app, (await refresh(app, token)).refresh)
  expect(eventsOf(app, 'refresh_reused', 'session_ended')).toEqual([])
})

/** Something that one side waits for, until the other gives it. */
function signal() {
  let give = () => {}
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { given, give: () => give() }
}

describe('reuse', () => {
  test('ends the session, and one event says so however often the token comes back', async () => {
    const app = await createApp()
    const { refresh: token } = await logIn(app)
    const next = await refresh(app, token)
    app.advance(10)
    for (let i = 0; i < 3; i++) await refusal(refresh(app, token), 'refresh_rejected')
    await refusal(refresh(app, next.refresh), 'refresh_rejected')
    const session = sessionOf(token)
    expect(app.events.slice(2)).toEqual([
      { type: 'refresh_reused', session },
      { type: 'session_ended', session, reason: 'reuse' },
      { type: 'denied', code: 'refresh_rejected', reason: 'refresh_reused' },
      ...Array(3).fill({ type: 'denied', code: 'refresh_rejected', reason: 'session_ended' }),
    ])
  })

  test('is noticed once where many replays come at once', async () => {
    const app = await createApp()
    const { refresh: token } = await logIn(app)
    await refresh(app, token)
    app.advance(10)
    await Promise.all(Array.from({ length: 50 }, () => refusal(refresh(app, token), 'refresh_rejected')))
    expect(eventsOf(app, 'refresh_reused')).toHaveLength(1)
    expect(eventsOf(app, 'session_ended')).toHaveLength(1)
  })

  test('is noticed for any token of the session, however old', async () => {
    const app = await createApp()
    const first = await logIn(app)
    let token = first.refresh
    for (let step = 0; step < 20; step++) {
      app.advance(86_400)
      token = (await refresh(app, token)).refresh
    }
    await refusal(refresh(app, first.refresh), 'refresh_rejected')
    await refusal(refresh(app, token), 'refresh_rejected')
    expect(eventsOf(app, 'refresh_reused')).toHaveLength(1)
  })

  test('touches no other session of the subject', async () => {
    const app = await createApp()
    const [stolen, other] = [await logIn(app), await logIn(app)]
    await refresh(app, stolen.refresh)
    app.advance(10)
    await refusal(refresh(app, stolen.refresh), 'refresh_rejected')
    await refresh(app, other.refresh)
  })
})

test('a value that was never issued ends no session', async () => {
  const app = await createApp()
  const { refresh: token } = await logIn(app)
  const [id, secret = '', tag = ''] = token.split('.')
  const other = await logIn(app)
  const [, otherSecret, otherTag] = other.refresh.split('.')
  const forged = [
    `${id}.${'A'.repeat(43)}.${'A'.repeat(43)}`,
    `${id}.${secret}.${'A'.repeat(43)}`,
    `${id}.${'A'.repeat(43)}.${tag}`,
    `${id}.${otherSecret}.${otherTag}`,
    `${id}.${secret}`,
    'AAAA',
    '',
  ]
  const reasons: string[] = []
  for (const value of forged) reasons.push((await refusal(refresh(app, value), 'refresh_rejected')).reason)
  expect(reasons).toEqual([
    ...Array(4).fill('refresh_unknown'),
    ...Array(2).fill('refresh_malformed'),
    'refresh_missing',
  ])
  expect(eventsOf(app, 'refresh_reused', 'session_ended')).toEqual([])
  await refresh(app, token)
})

describe('expiry', () => {
  test('ends a session that was not refreshed for its idle life', async () => {
    const app = await createApp({ idleTtl: 1000 })
    const [kept, left] = [await logIn(app), await logIn(app)]
    app.advance(999)
    await refresh(app, kept.refresh)
    app.advance(1)
    expect((await refusal(refresh(app, left.refresh), 'refresh_rejected')).reason).toBe('refresh_idle')
    expect(eventsOf(app, 'refresh_reused', 'session_ended')).toEqual([])
  })

  test('ends a session at its absolute end, and lets no token or cookie outlive it', async () => {
    const app = await createApp({ idleTtl: 600, absoluteTtl: 1000 })
    const first = await logIn(app)
    expect(first.answer.cookies.map(serializeCookie)[1]).toContain('; Max-Age=600;')
    const end = app.now() + 1000
    app.advance(590)
    const second = await app.sessions.refresh(refreshing(first.refresh))
    expect(second.cookies.map(serializeCookie)[1]).toContain('; Max-Age=410;')
    app.advance(300)
    const token = second.cookies.map(serializeCookie)[1]?.split(/[=;]/)[1] ?? ''
    const third = await app.sessions.refresh(refreshing(token))
    expect(JSON.parse(third.body)).toEqual({ expiresIn: 110 })
    expect(third.cookies.map(serializeCookie)[0]).toContain('; Max-Age=110;')
    expect(third.cookies.map(serializeCookie)[1]).toContain('; Max-Age=110;')
    const access = third.cookies.map(serializeCookie)[0]?.split(/[=;]/)[1] ?? ''
    expect((await claimsOf(app, access))['exp']).toBe(end)
    app.advance(110)
    const last = third.cookies.map(serializeCookie)[1]?.split(/[=;]/)[1] ?? ''
    expect((await refusal(refresh(app, last), 'refresh_rejected')).reason).toBe('refresh_absolute')
  })

  test('cuts the first access token too where a session is that short', async () => {
    const app = await createApp({ absoluteTtl: 100 })
    const { access, answer } = await logIn(app)
    expect(JSON.parse(answer.body)).toEqual({ expiresIn: 100 })
    expect((await claimsOf(app, access))['exp']).toBe(app.now() + 100)
    app.advance(110)
    expect((await guard(app, access)).allow).toBe(false)
  })
})

describe('to whom a session belongs', () => {
  test("is its issuer: to another issuer's app on the same store it does not exist", async () => {
    const store = memoryStore({ clock: () => 1_800_000_000 })
    const shop = await createApp({ store })
    const admin = await createApp({ store, issuer: 'https://admin.example' })
    const { refresh: token } = await logIn(shop)
    expect((await refusal(refresh(admin, token), 'refresh_rejected')).reason).toBe('refresh_unknown')
    await admin.sessions.end(refreshing(token))
    await admin.sessions.endAllOf('user-1')
    expect(await admin.sessions.endOne(sessionOf(token))).toBe(false)
    expect(await admin.sessions.list('user-1')).toEqual([])
    expect(eventsOf(admin, 'session_ended', 'refresh_reused')).toEqual([])
    await refresh(shop, token)
  })

  test('are its audiences: without one in common nothing is refreshed, and nothing changes', async () => {
    const store = memoryStore({ clock: () => 1_800_000_000 })
    const web = await createApp({ store })
    const other = await createApp({ store, audience: 'https://other.example' })
    const both = await createApp({ store, audience: ['https://native.example', audience] })
    const { refresh: token } = await logIn(web)
    expect((await refusal(refresh(other, token), 'refresh_rejected')).reason).toBe('refresh_unknown')
    expect(eventsOf(other, 'session_ended', 'refresh_reused', 'session_refreshed')).toEqual([])
    const next = await refresh(both, token)
    expect((await claimsOf(both, next.access))['aud']).toEqual(['https://native.example', audience])
    await refresh(web, next.refresh)
  })
})
