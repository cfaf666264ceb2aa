import { serializeCookie } from '@latchkey/core/adapter'
import { describe, expect, test } from 'vitest'
import { claimsOf, createApp, eventsOf, familyOf, guard, logIn, refresh, refreshing, refusal } from '../../test/app.js'

describe('rotation', () => {
  test('exchanges a refresh token for its successor and a new access token', async () => {
    const app = await createApp()
    const first = await logIn(app)
    app.advance(100)
    const second = await refresh(app, first.refresh)
    expect(second.refresh).not.toBe(first.refresh)
    expect(familyOf(second.refresh)).toBe(familyOf(first.refresh))
    const { iat, exp, sid, jti } = await claimsOf(app, second.access)
    expect({ iat, exp, sid }).toEqual({ iat: app.now(), exp: app.now() + 300, sid: familyOf(first.refresh) })
    expect(jti).not.toBe((await claimsOf(app, first.access))['jti'])
    expect(app.events).toEqual([
      { type: 'session_started', family: sid },
      { type: 'session_refreshed', family: sid, repeated: false },
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

describe('reuse', () => {
  test('ends the family, and one event says so however often the token comes back', async () => {
    const app = await createApp()
    const { refresh: token } = await logIn(app)
    const next = await refresh(app, token)
    app.advance(10)
    for (let i = 0; i < 3; i++) await refusal(refresh(app, token), 'refresh_rejected')
    await refusal(refresh(app, next.refresh), 'refresh_rejected')
    const family = familyOf(token)
    expect(app.events.slice(2)).toEqual([
      { type: 'refresh_reused', family },
      { type: 'session_ended', family, reason: 'reuse' },
      ...Array(4).fill({ type: 'denied', code: 'refresh_rejected', reason: 'refresh_rejected' }),
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

  test('is noticed for any token of the family, however old', async () => {
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

  test('touches no other family of the subject', async () => {
    const app = await createApp()
    const [stolen, other] = [await logIn(app), await logIn(app)]
    await refresh(app, stolen.refresh)
    app.advance(10)
    await refusal(refresh(app, stolen.refresh), 'refresh_rejected')
    await refresh(app, other.refresh)
  })
})

test('a value that was never issued ends no family', async () => {
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
  for (const value of forged) await refusal(refresh(app, value), 'refresh_rejected')
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
    await refusal(refresh(app, left.refresh), 'refresh_rejected')
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
    await refusal(refresh(app, third.cookies.map(serializeCookie)[1]?.split(/[=;]/)[1] ?? ''), 'refresh_rejected')
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
