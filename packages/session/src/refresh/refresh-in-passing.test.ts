import { createDpop } from '@latchkey/core'
import { createRequirement } from '@latchkey/core/adapter'
import { describe, expect, test } from 'vitest'
import {
  type App,
  createApp,
  eventsOf,
  logIn,
  refresh,
  refreshing,
  refusal,
  request,
  tokensOf,
  withCookies,
} from '../../test/app.js'
import { changedStore, faultyStore } from '../../test/faulty-store.js'
import { memoryStore } from '../store/memory-store.js'

const required = createRequirement(true)
const optional = createRequirement(false)

function pass(app: App, cookies: Record<string, string>, requirement = required) {
  return app.sessions.authenticateOrRefresh(withCookies('GET', cookies), requirement)
}

/** Who was let pass, or the code of the refusal. */
function outcomeOf(decision: Awaited<ReturnType<typeof pass>>): string | null {
  if ('thrown' in decision) throw decision.thrown
  return decision.allow ? (decision.auth?.claims.sub ?? null) : decision.error.code
}

test('a good access token passes at once, and nothing is refreshed', async () => {
  const app = await createApp()
  const { access, refresh: token } = await logIn(app)
  const cookies = { '__Host-access': access, '__Host-refresh': token }
  await pass(app, cookies)
  const again = pass(app, cookies)
  expect(again).not.toBeInstanceOf(Promise)
  expect(await again).not.toHaveProperty('response')
  expect(outcomeOf(await again)).toBe('user-1')
  expect(eventsOf(app, 'session_refreshed')).toEqual([])
})

test('where the access cookie is gone, the request passes with a new pair', async () => {
  const app = await createApp()
  const { refresh: token } = await logIn(app)
  app.advance(1000)
  const passed = await pass(app, { '__Host-refresh': token, theme: 'dark' })
  expect(outcomeOf(passed)).toBe('user-1')
  const next = tokensOf(passed.response ?? {})
  expect(outcomeOf(await pass(app, { '__Host-access': next.access }))).toBe('user-1')
  await refresh(app, next.refresh)
  expect(eventsOf(app, 'denied')).toEqual([])
})

test('where the access cookie has expired too', async () => {
  const app = await createApp()
  const { access, refresh: token } = await logIn(app)
  app.advance(1000)
  const passed = await pass(app, { '__Host-access': access, '__Host-refresh': token })
  expect(outcomeOf(passed)).toBe('user-1')
  expect(passed.response?.cookies).toHaveLength(2)
  expect([eventsOf(app, 'denied'), app.sessions.verifier.stats().denied]).toEqual([[], {}])
})

test('carries the new cookies even where the route asks for more than the token grants', async () => {
  const app = await createApp()
  const { refresh: token } = await logIn(app)
  const refused = await pass(app, { '__Host-refresh': token }, createRequirement(true, { scope: 'admin' }))
  expect(outcomeOf(refused)).toBe('scope_insufficient')
  expect(refused.response?.cookies).toHaveLength(2)
})

test('also where a guard is optional', async () => {
  const app = await createApp()
  const { refresh: token } = await logIn(app)
  expect(outcomeOf(await pass(app, {}, optional))).toBeNull()
  expect(outcomeOf(await pass(app, { '__Host-refresh': 'abc' }, optional))).toBeNull()
  expect(outcomeOf(await pass(app, { '__Host-refresh': token }, optional))).toBe('user-1')
})

test('parallel requests share one rotation, even without a grace', async () => {
  const app = await createApp({ reuseGrace: 0 })
  const { refresh: token } = await logIn(app)
  const passed = await Promise.all(Array.from({ length: 20 }, () => pass(app, { '__Host-refresh': token })))
  expect(new Set(passed.map((each) => tokensOf(each.response ?? {}).refresh)).size).toBe(1)
  expect(passed.map(outcomeOf)).toEqual(Array(20).fill('user-1'))
  const refreshed = eventsOf(app, 'session_refreshed').map((event) => 'repeated' in event && event.repeated)
  expect(refreshed.filter((repeated) => !repeated)).toHaveLength(1)
  expect(refreshed).toHaveLength(20)
})

describe('goes on as a guard would', () => {
  test('with a refresh token that is refused: nothing is set or cleared', async () => {
    const app = await createApp()
    const { access, refresh: token } = await logIn(app)
    await app.sessions.end(refreshing(token))
    app.advance(1000)
    const gone = await pass(app, { '__Host-refresh': token })
    expect([outcomeOf(gone), gone.response]).toEqual(['token_missing', undefined])
    const expired = await pass(app, { '__Host-access': access, '__Host-refresh': token })
    expect([outcomeOf(expired), expired.response]).toEqual(['token_expired', undefined])
    expect(eventsOf(app, 'denied')).toMatchObject([{ code: 'token_missing' }, { code: 'token_expired' }])
    expect(app.sessions.verifier.stats().denied).toEqual({ token_missing: 1, token_expired: 1 })
  })

  test('with a Bearer token, whose holder refreshes for itself', async () => {
    const app = await createApp()
    const { access, refresh: token } = await logIn(app)
    app.advance(1000)
    const headers = { cookie: `__Host-refresh=${token}`, authorization: `Bearer ${access}` }
    const refused = await app.sessions.authenticateOrRefresh(request('GET', headers), required)
    expect(outcomeOf(refused)).toBe('token_expired')
    expect(eventsOf(app, 'session_refreshed')).toEqual([])
  })

  test.each<readonly [name: string, fields: (token: string) => Record<string, string>, whenGood: string]>([
    ['another field', (token) => ({ 'x-access': token }), 'user-2'],
    ['another cookie', (token) => ({ cookie: `other=${token}` }), 'user-2'],
    ['the scheme DPoP', (token) => ({ authorization: `DPoP ${token}` }), 'token_rejected'],
  ])('with a token from %s', async (_, fieldsOf, whenGood) => {
    const tokenFrom = ['header', { cookie: '__Host-access' }, { header: 'x-access' }, { cookie: 'other' }] as const
    const app = await createApp({ verifier: { tokenFrom, dpop: createDpop() } })
    const { access: expired } = await logIn(app)
    app.advance(1000)
    const [{ refresh: token }, { access: good }] = [await logIn(app), await logIn(app, { sub: 'user-2' })]
    const ask = async (carried: string) => {
      const { cookie = 'theme=dark', ...fields } = fieldsOf(carried)
      const view = request('GET', { ...fields, cookie: `${cookie}; __Host-refresh=${token}` })
      const decision = await app.sessions.authenticateOrRefresh(view, required)
      expect(decision.response).toBeUndefined()
      return outcomeOf(decision)
    }
    expect([await ask(good), await ask(expired)]).toEqual([whenGood, 'token_expired'])
    expect(eventsOf(app, 'session_refreshed')).toEqual([])
  })

  test('with an access token that is refused for another reason than its age', async () => {
    const app = await createApp()
    const { refresh: token } = await logIn(app)
    expect(outcomeOf(await pass(app, { '__Host-access': 'a.b.c', '__Host-refresh': token }))).toBe('token_malformed')
    expect(eventsOf(app, 'session_refreshed')).toEqual([])
  })

  test('with a form that another site submits', async () => {
    const app = await createApp()
    const { refresh: token } = await logIn(app)
    const own = { cookie: `__Host-refresh=${token}`, 'sec-fetch-site': 'same-origin' }
    const cross = { ...own, 'sec-fetch-site': 'cross-site' }
    const refused = await app.sessions.authenticateOrRefresh(request('POST', cross), required)
    expect([outcomeOf(refused), refused.response]).toEqual(['token_missing', undefined])
    expect(outcomeOf(await app.sessions.authenticateOrRefresh(request('POST', own), required))).toBe('user-1')
  })

  test('with a request for an upgrade, whose 101 carries no cookies', async () => {
    const app = await createApp()
    const { refresh: token } = await logIn(app)
    const plain = withCookies('GET', { '__Host-refresh': token })
    const view = { ...plain, header: (name: string) => (name === 'upgrade' ? 'websocket' : plain.header(name)) }
    expect(outcomeOf(await app.sessions.authenticateOrRefresh(view, required))).toBe('token_missing')
    expect(eventsOf(app, 'session_refreshed')).toEqual([])
  })

  test('with two different refresh cookies', async () => {
    const app = await createApp()
    const { refresh: token } = await logIn(app)
    const view = request('GET', { cookie: `__Host-refresh=${token}; __Host-refresh=x` })
    expect(outcomeOf(await app.sessions.authenticateOrRefresh(view, required))).toBe('token_missing')
  })

  test('where tokens travel in bodies', async () => {
    const app = await createApp({ delivery: 'body' })
    const { refreshToken } = JSON.parse((await app.sessions.start(request('POST'), { sub: 'user-1' })).body)
    expect(outcomeOf(await pass(app, { '__Host-refresh': refreshToken }))).toBe('token_missing')
  })
})

test('a store that is down is 503, for an optional guard too, and signs nobody out', async () => {
  const { store, fail } = faultyStore(memoryStore({ clock: () => 1_800_000_000 }))
  const app = await createApp({ store })
  const { refresh: token } = await logIn(app)
  fail('refuses')
  for (const requirement of [required, optional]) {
    const refused = await pass(app, { '__Host-refresh': token }, requirement)
    expect([outcomeOf(refused), refused.response]).toEqual(['store_unavailable', undefined])
  }
  expect(eventsOf(app, 'denied')).toHaveLength(2)
  expect(app.sessions.verifier.stats()).toMatchObject({ allowed: 0, denied: { store_unavailable: 2 } })
  fail('none')
  expect(outcomeOf(await pass(app, { '__Host-refresh': token }))).toBe('user-1')
  expect(app.sessions.verifier.stats()).toMatchObject({ allowed: 1, denied: { store_unavailable: 2 } })
})

test('what the app’s hook throws passes through', async () => {
  const app = await createApp({
    onRefresh: () => {
      throw new RangeError('the database is down')
    },
  })
  const { refresh: token } = await logIn(app)
  await expect(pass(app, { '__Host-refresh': token })).rejects.toThrow(RangeError)
  await refusal(app.sessions.refresh(refreshing('')), 'refresh_rejected')
})

test('requests that come at the same time share one rotation without a grace too, where sessions can be bound', async () => {
  let reads = 0
  let rotated = () => {}
  const rotation = new Promise<void>((resolve) => {
    rotated = resolve
  })
  const store = changedStore(memoryStore({ clock: () => 1_800_000_000 }), (families) => ({
    // All but the first would find what the rotation has left.
    read: async (id) => {
      if (reads++ > 0) await rotation
      return families.read(id)
    },
    rotate: async (step) => {
      const result = await families.rotate(step)
      rotated()
      return result
    },
  }))
  const app = await createApp({ reuseGrace: 0, deviceBound: 'offered', store })
  const { refresh: token } = await logIn(app)
  const passed = await Promise.all(Array.from({ length: 10 }, () => pass(app, { '__Host-refresh': token })))
  expect(passed.map(outcomeOf)).toEqual(Array.from({ length: 10 }, () => 'user-1'))
  expect(eventsOf(app, 'refresh_reused')).toEqual([])
})
