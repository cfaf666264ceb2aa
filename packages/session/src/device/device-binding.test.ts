import { createRequirement } from '@latchkey/core/adapter'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  type App,
  createApp,
  eventsOf,
  guard,
  logIn,
  post,
  refreshing,
  refusal,
  request,
  sessionOf,
  tokensOf,
  withCookies,
} from '../../test/app.js'
import { challengeOf, createDevice, type Device, registrationOf } from '../../test/device.js'
import { changedStore } from '../../test/faulty-store.js'
import { memoryStore, type SessionsOptions } from '../index.js'

afterEach(() => void vi.useRealTimers())

const laptop = await createDevice()
const thief = await createDevice()

const deviceApp = (change: Partial<SessionsOptions> = {}) => createApp({ deviceBound: 'offered', ...change })

/** A request with the session's refresh cookie and these fields. */
function carrying(refreshToken: string | undefined, fields: Record<string, string> = {}) {
  const cookie = refreshToken === undefined ? {} : { cookie: `__Host-refresh=${refreshToken}` }
  return request('POST', { ...cookie, ...fields })
}

async function register(app: App, refreshToken: string | undefined, proof: string) {
  return app.sessions.bind(carrying(refreshToken, { 'secure-session-response': proof }))
}

/** Logs in and binds the session to a device. */
async function bound(app: App, device: Device = laptop): Promise<string> {
  const { answer, refresh } = await logIn(app)
  await register(app, refresh, await device.register(registrationOf(answer)))
  return refresh
}

/** The challenge that a refresh without a proof is answered with. */
async function challenged(app: App, refreshToken: string): Promise<string> {
  const error = await refusal(app.sessions.refresh(refreshing(refreshToken)), 'proof_required')
  expect(error).toMatchObject({ status: 403, reason: 'proof_missing' })
  return challengeOf(error.headers)
}

function refreshWith(app: App, refreshToken: string, proof: string, fields: Record<string, string> = {}) {
  return app.sessions.refresh(carrying(refreshToken, { 'secure-session-response': proof, ...fields }))
}

/** Refreshes as a browser does: asks for a challenge and answers it. */
async function refreshBound(app: App, refreshToken: string, device: Device = laptop) {
  return refreshWith(app, refreshToken, await device.prove(await challenged(app, refreshToken)))
}

describe('a log-in', () => {
  test('asks the browser to bind the session', async () => {
    const app = await deviceApp()
    const { answer, refresh } = await logIn(app)
    const field = answer.headers['secure-session-registration']
    expect(field).toMatch(/^\(ES256\);path="\/session\/device";challenge="[\w.-]+"$/)
    expect(registrationOf(answer)).toContain(sessionOf(refresh))
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'content-type': 'application/json' })
  })

  test('asks so with a redirect too, and not without the option', async () => {
    const app = await deviceApp({ deviceBound: { mode: 'offered', path: '/auth' } })
    const answer = await app.sessions.start(post, { sub: 'ann' }, { redirect: '/home' })
    expect(answer.headers['secure-session-registration']).toContain('path="/auth/device"')
    expect(answer).toMatchObject({ status: 303, headers: { location: '/home' } })
    expect(answer.headers).not.toHaveProperty('content-type')
    const plain = await logIn(await createApp())
    expect(plain.answer.headers).not.toHaveProperty('secure-session-registration')
  })

  test('ends the session whose cookie it carried', async () => {
    const app = await deviceApp()
    const { refresh } = await logIn(app)
    await app.sessions.start(refreshing(refresh), { sub: 'bob' })
    const session = sessionOf(refresh)
    expect(eventsOf(app, 'session_ended')).toEqual([{ type: 'session_ended', session, reason: 'replaced' }])
    await refusal(app.sessions.refresh(refreshing(refresh)), 'refresh_rejected')
  })

  test('that is refused ends none', async () => {
    const app = await deviceApp()
    const { refresh } = await logIn(app)
    await refusal(app.sessions.start(refreshing(refresh), { sub: '' }), 'request_malformed')
    expect(eventsOf(app, 'session_ended')).toEqual([])
  })
})

describe('a registration', () => {
  test('binds the session and gives the instructions, with no cookie', async () => {
    const app = await deviceApp({ deviceBound: { mode: 'offered', exclude: ['/log-in'] } })
    const { answer, refresh } = await logIn(app)
    const bound = await register(app, refresh, await laptop.register(registrationOf(answer)))
    expect(bound).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' }, cookies: [] })
    expect(bound.body).toBe(
      `{"session_identifier":"${sessionOf(refresh)}","refresh_url":"/session/refresh","scope":{"include_site":false,` +
        '"scope_specification":[{"type":"exclude","domain":"*","path":"/session"},{"type":"exclude","domain":"*","path":"/log-in"}]},' +
        '"credentials":[{"type":"cookie","name":"__Host-access","attributes":"Path=/; Secure; HttpOnly; SameSite=Lax"}]}',
    )
    expect(eventsOf(app, 'session_bound')).toEqual([{ type: 'session_bound', session: sessionOf(refresh) }])
  })

  test('needs no cookie: the challenge names the session', async () => {
    const app = await deviceApp()
    const { answer, refresh } = await logIn(app)
    await register(app, undefined, await laptop.register(registrationOf(answer)))
    await challenged(app, refresh)
  })

  test('is refused with the cookie of another session, or of none', async () => {
    const app = await deviceApp()
    const { answer } = await logIn(app)
    const proof = await laptop.register(registrationOf(answer))
    const other = await logIn(app, { sub: 'bob' })
    expect(await refusal(register(app, other.refresh, proof), 'binding_rejected')).toMatchObject({
      reason: 'challenge_unknown',
    })
    await refusal(register(app, 'made-up', proof), 'refresh_rejected')
    await app.sessions.end(refreshing(other.refresh))
    await refusal(register(app, other.refresh, proof), 'refresh_rejected')
    // Nothing was used up.
    await register(app, undefined, proof)
  })

  test('counts once, whoever tries again', async () => {
    const app = await deviceApp()
    const { answer, refresh } = await logIn(app)
    const challenge = registrationOf(answer)
    await register(app, refresh, await laptop.register(challenge))
    for (const device of [laptop, thief]) {
      const again = register(app, refresh, await device.register(challenge))
      expect(await refusal(again, 'binding_rejected')).toMatchObject({ status: 403, reason: 'already_bound' })
    }
    await refreshBound(app, refresh)
  })

  test('counts once, also when it is tried again too late', async () => {
    const app = await deviceApp()
    const { answer, refresh } = await logIn(app)
    await register(app, refresh, await laptop.register(registrationOf(answer)))
    app.advance(61)
    const again = register(app, refresh, await laptop.register(registrationOf(answer)))
    expect(await refusal(again, 'binding_rejected')).toMatchObject({ reason: 'already_bound' })
  })

  test('is good until 60 s after the start, the last second included', async () => {
    const app = await deviceApp()
    const [early, late] = [await logIn(app), await logIn(app)]
    app.advance(60)
    await register(app, early.refresh, await laptop.register(registrationOf(early.answer)))
    app.advance(1)
    const refused = register(app, late.refresh, await laptop.register(registrationOf(late.answer)))
    expect(await refusal(refused, 'binding_rejected')).toMatchObject({ reason: 'binding_late' })
    // The session goes on unbound.
    expect((await app.sessions.refresh(refreshing(late.refresh))).body).toBe('{"expiresIn":300}')
  })

  test('is checked for its origin before all else', async () => {
    const app = await deviceApp()
    const foreign = request('POST', { 'sec-fetch-site': 'cross-site' })
    await refusal(app.sessions.bind(foreign), 'origin_rejected')
  })

  test('is refused without a proof, with the challenge of a refresh, and with a forged one', async () => {
    const app = await deviceApp()
    const refresh = await bound(app)
    const challenge = await challenged(app, refresh)
    const other = await logIn(app)
    const reasonOf = async (proof?: string) =>
      (
        await refusal(
          app.sessions.bind(carrying(other.refresh, proof === undefined ? {} : { 'secure-session-response': proof })),
          'binding_rejected',
        )
      ).reason
    expect(await reasonOf()).toBe('proof_missing')
    expect(await reasonOf('a, b')).toBe('proof_repeated')
    expect(await reasonOf(await laptop.prove(registrationOf(other.answer)))).toBe('key_unfit')
    expect(await reasonOf(await laptop.register(challenge))).toBe('challenge_unknown')
    // It names the right session, and only its MAC is wrong.
    const forged = registrationOf(other.answer).replace(/.{4}$/, (end) => (end === 'AAAA' ? 'BBBB' : 'AAAA'))
    expect(await reasonOf(await laptop.register(forged))).toBe('challenge_unknown')
    expect(eventsOf(app, 'denied')).toHaveLength(6)
  })
})

describe('the refresh of a bound session', () => {
  test('without a proof is 403 with a challenge, consumes nothing and is no reuse', async () => {
    const app = await deviceApp()
    const refresh = await bound(app)
    const challenge = await challenged(app, refresh)
    expect(challenge).toContain(sessionOf(refresh))
    app.advance(3600)
    await challenged(app, refresh)
    expect(eventsOf(app, 'refresh_reused', 'session_ended', 'device_mismatch')).toEqual([])
    expect(eventsOf(app, 'denied')).toMatchObject([{ code: 'proof_required', reason: 'proof_missing' }, {}])
  })

  test('with one gives the instructions and both cookies', async () => {
    const app = await deviceApp()
    const refresh = await bound(app)
    const answer = await refreshBound(app, refresh)
    expect(JSON.parse(answer.body)).toMatchObject({ session_identifier: sessionOf(refresh), expiresIn: 300 })
    expect(Object.keys(JSON.parse(answer.body)).at(-1)).toBe('expiresIn')
    expect(await guard(app, tokensOf(answer).access)).toMatchObject({ allow: true })
    await refreshBound(app, tokensOf(answer).refresh)
  })

  test('takes the parent of the live token at any time, and gives the same successor', async () => {
    const app = await deviceApp({ reuseGrace: 0 })
    const refresh = await bound(app)
    const first = tokensOf(await refreshBound(app, refresh))
    app.advance(3600)
    expect(tokensOf(await refreshBound(app, refresh)).refresh).toBe(first.refresh)
    const next = tokensOf(await refreshBound(app, first.refresh))
    await refusal(refreshBound(app, refresh), 'refresh_rejected')
    expect(eventsOf(app, 'refresh_reused')).toHaveLength(1)
    await refusal(app.sessions.refresh(refreshing(next.refresh)), 'refresh_rejected')
  })

  test('by many requests at once has one successor', async () => {
    const app = await deviceApp()
    const refresh = await bound(app)
    const proof = await laptop.prove(await challenged(app, refresh))
    const answers = await Promise.all(Array.from({ length: 20 }, () => refreshWith(app, refresh, proof)))
    expect(new Set(answers.map((answer) => tokensOf(answer).refresh)).size).toBe(1)
  })

  test('shares nothing with a request that proves nothing', async () => {
    const app = await deviceApp()
    const refresh = await bound(app)
    const proof = await laptop.prove(await challenged(app, refresh))
    const [owner, copied] = await Promise.allSettled([
      refreshWith(app, refresh, proof),
      app.sessions.refresh(refreshing(refresh)),
    ])
    expect(owner.status).toBe('fulfilled')
    expect(copied).toMatchObject({ status: 'rejected', reason: { code: 'proof_required' } })
  })

  test('names its session where it names one, bound or not', async () => {
    const app = await deviceApp()
    for (const refresh of [await bound(app), (await logIn(app)).refresh]) {
      for (const id of ['other', `"${sessionOf(refresh)}x"`, `${sessionOf(refresh)}, x`]) {
        const refused = app.sessions.refresh(carrying(refresh, { 'sec-secure-session-id': id }))
        expect(await refusal(refused, 'refresh_rejected')).toMatchObject({ reason: 'session_id_mismatch' })
      }
    }
    const refresh = await bound(app)
    const proof = await laptop.prove(await challenged(app, refresh))
    await refreshWith(app, refresh, proof, { 'sec-secure-session-id': `"${sessionOf(refresh)}"` })
  })

  test('of a session that is none is 401, without a challenge', async () => {
    const app = await deviceApp()
    const refresh = await bound(app)
    await app.sessions.end(refreshing(refresh))
    expect((await refusal(app.sessions.refresh(refreshing(refresh)), 'refresh_rejected')).headers).toBeUndefined()
  })

  test.each([
    ['proof_signature', true, (challenge: string) => thief.prove(challenge)],
    ['proof_malformed', true, async () => 'not.a.proof'],
    ['proof_malformed', true, (challenge: string) => laptop.register(challenge)],
    ['proof_type', true, (challenge: string) => laptop.prove(challenge, { typ: 'JWT' })],
    ['challenge_unknown', true, () => laptop.prove('made-up')],
    ['proof_missing', false, async () => ''],
  ] as const)('is refused as %s; a mismatch: %s', async (reason, isMismatch, prove) => {
    const app = await deviceApp()
    const refresh = await bound(app)
    const proof = await prove(await challenged(app, refresh))
    const error = await refusal(refreshWith(app, refresh, proof), 'proof_required')
    expect(error.reason).toBe(reason)
    expect(challengeOf(error.headers)).not.toBe('none')
    const expected = { type: 'device_mismatch', session: sessionOf(refresh), reason }
    expect(eventsOf(app, 'device_mismatch')).toEqual(isMismatch ? [expected] : [])
    await refreshBound(app, refresh)
  })

  test('is refused with a stale or used challenge, which is no mismatch', async () => {
    const app = await deviceApp()
    const refresh = await bound(app)
    const challenge = await challenged(app, refresh)
    app.advance(61)
    const stale = await refusal(refreshWith(app, refresh, await laptop.prove(challenge)), 'proof_required')
    expect(stale.reason).toBe('challenge_stale')
    const proof = await laptop.prove(challengeOf(stale.headers))
    const next = tokensOf(await refreshWith(app, refresh, proof))
    expect(tokensOf(await refreshWith(app, refresh, proof)).refresh).toBe(next.refresh)
    const used = await refusal(refreshWith(app, next.refresh, proof), 'proof_required')
    expect(used.reason).toBe('challenge_used')
    expect(eventsOf(app, 'device_mismatch')).toEqual([])
  })

  test('whose request is sent again after the grace gets a challenge, and no successor without a new proof', async () => {
    const app = await deviceApp()
    const refresh = await bound(app)
    const proof = await laptop.prove(await challenged(app, refresh))
    const { refresh: next } = tokensOf(await refreshWith(app, refresh, proof))
    app.advance(10)
    const replayed = await refusal(refreshWith(app, refresh, proof), 'proof_required')
    expect(replayed.reason).toBe('challenge_used')
    const again = await refreshWith(app, refresh, await laptop.prove(challengeOf(replayed.headers)))
    expect(tokensOf(again).refresh).toBe(next)
    // Of a token that is older still, too: who records a request ends no session with it.
    await refreshBound(app, next)
    expect(await refusal(refreshWith(app, refresh, proof), 'proof_required')).toMatchObject({
      reason: 'challenge_used',
    })
    expect(eventsOf(app, 'refresh_reused')).toEqual([])
  })

  test('never happens in passing: the guard answers as it would have', async () => {
    const app = await deviceApp()
    const refresh = await bound(app)
    const view = withCookies('GET', { '__Host-refresh': refresh })
    const decision = await app.sessions.authenticateOrRefresh(view, { required: true } as never)
    expect(decision).toMatchObject({ allow: false, error: { code: 'token_missing' } })
    await refreshBound(app, refresh)
  })

  test('is the device’s own affair behind a guard that has tried in passing', async () => {
    const app = await deviceApp()
    const refresh = await bound(app)
    const behindGuard = async (fields: Record<string, string> = {}) => {
      const view = carrying(refresh, fields)
      const passed = await app.sessions.authenticateOrRefresh(view, createRequirement(false))
      expect(passed).toEqual({ allow: true, auth: null })
      return app.sessions.refresh(view)
    }
    const { headers } = await refusal(behindGuard(), 'proof_required')
    const proof = await laptop.prove(challengeOf(headers))
    const answer = await behindGuard({ 'secure-session-response': proof })
    expect(JSON.parse(answer.body)).toMatchObject({ session_identifier: sessionOf(refresh) })
  })

  test('needs no proof at log-out', async () => {
    const app = await deviceApp()
    const refresh = await bound(app)
    expect((await app.sessions.end(refreshing(refresh))).status).toBe(204)
  })
})

describe("with 'required'", () => {
  test('a session that was not bound is over 60 s after its start', async () => {
    const app = await deviceApp({ deviceBound: 'required' })
    const { refresh } = await logIn(app)
    app.advance(60)
    expect(await app.sessions.list('user-1')).toHaveLength(1)
    app.advance(1)
    expect(await app.sessions.list('user-1')).toEqual([])
    const session = sessionOf(refresh)
    expect(await refusal(app.sessions.refresh(refreshing(refresh)), 'refresh_rejected')).toMatchObject({
      reason: 'session_unbound',
    })
    const again = await refusal(app.sessions.refresh(refreshing(refresh)), 'refresh_rejected')
    expect(again.reason).toBe('session_unbound')
    expect(eventsOf(app, 'session_ended')).toEqual([{ type: 'session_ended', session, reason: 'unbound' }])
  })

  test.each(['end', 'start'] as const)('whoever meets it first ends it, also %s', async (verb) => {
    const app = await deviceApp({ deviceBound: 'required' })
    const { refresh } = await logIn(app)
    app.advance(61)
    const met = refreshing(refresh)
    if (verb === 'end') expect((await app.sessions.end(met)).status).toBe(204)
    else await app.sessions.start(met, { sub: 'user-1' })
    const session = sessionOf(refresh)
    expect(eventsOf(app, 'session_ended')).toEqual([{ type: 'session_ended', session, reason: 'unbound' }])
  })

  test('endOne finds no such session, as if it had expired', async () => {
    const app = await deviceApp({ deviceBound: 'required' })
    const [one, two] = [sessionOf((await logIn(app)).refresh), sessionOf((await logIn(app)).refresh)]
    app.advance(60)
    expect(await app.sessions.endOne(one, { sub: 'user-1' })).toBe(true)
    app.advance(1)
    expect(await app.sessions.endOne(two, { sub: 'user-1' })).toBe(false)
    expect(eventsOf(app, 'session_ended')).toEqual([
      { type: 'session_ended', session: one, reason: 'end_one' },
      { type: 'session_ended', session: two, reason: 'unbound' },
    ])
  })

  test.each(['endAllOf', 'start'] as const)('it ends unbound also by %s, whoever else does', async (verb) => {
    const app = await deviceApp({ deviceBound: 'required', sessionsPerSubject: 1 })
    const { refresh } = await logIn(app)
    app.advance(61)
    if (verb === 'start') await logIn(app)
    else await app.sessions.endAllOf('user-1')
    const session = sessionOf(refresh)
    expect(eventsOf(app, 'session_ended')).toEqual([{ type: 'session_ended', session, reason: 'unbound' }])
    const refused = await refusal(app.sessions.refresh(refreshing(refresh)), 'refresh_rejected')
    expect(refused.reason).toBe('session_unbound')
  })

  test('a refresh that comes while it is being ended has the same reason', async () => {
    let now = 1_800_000_000
    const clock = () => now
    let meanwhile = async () => {}
    const store = changedStore(memoryStore({ clock }), (families) => ({
      end: async (id) => {
        const ended = await families.end(id)
        await meanwhile()
        return ended
      },
    }))
    const app = await deviceApp({ deviceBound: 'required', store, clock })
    const { refresh } = await logIn(app)
    now += 61
    const reasons: unknown[] = []
    meanwhile = async () => {
      reasons.push((await refusal(app.sessions.refresh(refreshing(refresh)), 'refresh_rejected')).reason)
    }
    await app.sessions.end(refreshing(refresh))
    expect(reasons).toEqual(['session_unbound'])
  })

  test('a registration that is too late says so, with the cookie and without, whoever met the session first', async () => {
    const app = await deviceApp({ deviceBound: 'required' })
    const { answer, refresh } = await logIn(app)
    const proof = await laptop.register(registrationOf(answer))
    app.advance(61)
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const alone = await refusal(register(app, undefined, proof), 'binding_rejected')
      expect([alone.status, alone.reason]).toEqual([403, 'binding_late'])
      const carried = await refusal(register(app, refresh, proof), 'refresh_rejected')
      expect([carried.status, carried.reason]).toEqual([401, 'session_unbound'])
    }
    expect(eventsOf(app, 'session_ended')).toHaveLength(1)
  })

  test('a session that was bound goes on', async () => {
    const app = await deviceApp({ deviceBound: 'required', revocation: 'immediate' })
    await app.sessions.ready()
    const { answer, access, refresh } = await logIn(app)
    await register(app, refresh, await laptop.register(registrationOf(answer)))
    app.advance(200)
    expect(await guard(app, access)).toMatchObject({ allow: true })
    await refreshBound(app, refresh)
    await app.sessions.close()
  })

  test('a session that another process has bound goes on where it began', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const app = await deviceApp({ deviceBound: 'required', revocation: 'immediate' })
    const another = await deviceApp({ deviceBound: 'required', store: app.store, clock: app.now })
    await app.sessions.ready()
    const { answer, access, refresh } = await logIn(app)
    await register(another, refresh, await laptop.register(registrationOf(answer)))
    await vi.advanceTimersByTimeAsync(30_000)
    vi.useRealTimers()
    app.advance(61)
    expect(await guard(app, access)).toMatchObject({ allow: true })
    await app.sessions.close()
  })

  test('immediate revocation ends it a second after its time, though nobody comes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const app = await deviceApp({ deviceBound: 'required', revocation: 'immediate' })
    await app.sessions.ready()
    await logIn(app)
    await vi.advanceTimersByTimeAsync(60_999)
    expect(eventsOf(app, 'session_ended')).toEqual([])
    app.advance(61)
    await vi.advanceTimersByTimeAsync(1)
    expect(eventsOf(app, 'session_ended')).toMatchObject([{ reason: 'unbound' }])
    await app.sessions.close()
  })

  test('immediate revocation refuses its access token too, though nobody has met it', async () => {
    const app = await deviceApp({ deviceBound: 'required', revocation: 'immediate' })
    await app.sessions.ready()
    const { access, refresh } = await logIn(app)
    app.advance(60)
    expect(await guard(app, access)).toMatchObject({ allow: true })
    app.advance(1)
    expect(await guard(app, access)).toMatchObject({ allow: false, error: { code: 'token_rejected' } })
    await expect.poll(() => eventsOf(app, 'session_ended')).toMatchObject([{ reason: 'unbound' }])
    expect(await guard(app, access)).toMatchObject({ allow: false, error: { code: 'token_rejected' } })
    // The guard has ended it, and the store knows it no more.
    const refused = await refusal(app.sessions.refresh(refreshing(refresh)), 'refresh_rejected')
    expect(refused.reason).toBe('session_unbound')
    await app.sessions.close()
  })
})

describe('the option', () => {
  test.each([
    ['yes', "deviceBound must be 'offered', 'required' or"],
    [true, "deviceBound must be 'offered', 'required' or"],
    [null, "deviceBound must be 'offered', 'required' or"],
    [{}, "deviceBound must be 'offered', 'required' or"],
    [{ mode: 'offered', paths: [] }, 'deviceBound: unknown option "paths"'],
    [{ mode: 'offered', exclude: '/log-in' }, 'deviceBound: exclude takes paths'],
    [{ mode: 'offered', exclude: ['log-in'] }, 'deviceBound: exclude[0] takes paths'],
    [{ mode: 'offered', path: '//evil.example' }, 'deviceBound: path takes paths'],
    [{ mode: 'offered', path: '/a"b' }, 'deviceBound: path takes paths'],
  ])('is refused as %j', async (deviceBound, text) => {
    await expect(createApp({ deviceBound } as never)).rejects.toThrow(text)
  })

  test('goes with cookies alone', async () => {
    await expect(createApp({ deviceBound: 'offered', delivery: 'body' })).rejects.toThrow("delivery 'cookie' alone")
  })

  test('is off by default: every registration is refused', async () => {
    const app = await createApp()
    const error = await refusal(app.sessions.bind(post), 'binding_rejected')
    expect(error.reason).toBe('challenge_unknown')
  })
})

describe('a bound session at an app of the same issuer that binds none', () => {
  test.each(['cookie', 'body'] as const)('needs its proof there too: delivery %s', async (delivery) => {
    const app = await deviceApp()
    const plain = await createApp({ store: app.store, delivery })
    const stolen = await bound(app)
    const body = () => ({ refreshToken: stolen })
    const error = await refusal(plain.sessions.refresh(carrying(stolen), body), 'proof_required')
    expect(error.reason).toBe('proof_missing')
    const proof = await thief.prove(challengeOf(error.headers))
    const fields = { 'secure-session-response': proof }
    await refusal(plain.sessions.refresh(carrying(stolen, fields), body), 'proof_required')
    expect(eventsOf(plain, 'session_refreshed')).toEqual([])
    expect(eventsOf(plain, 'device_mismatch')).toHaveLength(1)
    const own = { 'secure-session-response': await laptop.prove(challengeOf(error.headers)) }
    expect(await plain.sessions.refresh(carrying(stolen, own), body)).toMatchObject({ status: 200 })
  })

  test('is not refreshed in passing there', async () => {
    const app = await deviceApp()
    const plain = await createApp({ store: app.store })
    const stolen = await bound(app)
    const passed = await plain.sessions.authenticateOrRefresh(refreshing(stolen), createRequirement(true))
    expect(passed).toMatchObject({ allow: false, error: { code: 'token_missing' } })
    expect(eventsOf(plain, 'session_refreshed')).toEqual([])
  })
})
