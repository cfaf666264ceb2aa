import { afterEach, expect, test, vi } from 'vitest'
import { claimsOf, createApp, eventsOf, logIn, post, refresh, refreshing, refusal } from '../../test/app.js'
import { changedStore, faultyStore } from '../../test/faulty-store.js'
import type { SessionsOptions } from '../index.js'
import { guardStore } from './guarded-store.js'
import { memoryStore } from './memory-store.js'
import { StoreUnavailableError } from './session-store.js'

afterEach(() => void vi.useRealTimers())

async function createFaultyApp() {
  const faulty = faultyStore(memoryStore({ clock: () => 1_800_000_000 }))
  return { app: await createApp({ store: faulty.store }), ...faulty }
}

test('a store that cannot be reached: 503 on every verb, while guards go on', async () => {
  const { app, fail } = await createFaultyApp()
  const { access, refresh: token } = await logIn(app)
  fail('refuses')
  const auth = {
    claims: { iss: 'https://app.example', sub: 'user-1', exp: 0 },
    scope: [],
    roles: [],
    token: '',
  } as const
  const verbs = [
    () => app.sessions.start(post, { sub: 'user-1' }),
    () => app.sessions.refresh(refreshing(token)),
    () => app.sessions.end(refreshing(token)),
    () => app.sessions.endAll(post, { ...auth, source: 'cookie' }),
  ]
  for (const verb of verbs) expect((await refusal(verb(), 'store_unavailable')).retryAfter).toBe(1)
  expect(await claimsOf(app, access)).toMatchObject({ sub: 'user-1' })
})

test('what was begun before the store went or came back says nothing afterwards', async () => {
  const events: string[] = []
  const ends: { succeed: () => void; fail: () => void }[] = []
  const list = () =>
    new Promise<readonly []>((resolve, reject) => {
      ends.push({ succeed: () => resolve([]), fail: () => reject(new StoreUnavailableError()) })
    })
  const begin = guardStore({ ...memoryStore().familiesOf(''), list }, ({ type }) => events.push(type))
  const begun = () =>
    begin()
      .list('user-1')
      .catch(({ code }) => code)

  const [before, early, late] = [begun(), begun(), begun()]
  ends[0]?.fail()
  expect(await before).toBe('store_unavailable')
  // Answered before the store went; it is gone all the same.
  ends[1]?.succeed()
  expect(await early).toEqual([])
  const next = begun()
  ends[3]?.succeed()
  expect(await next).toEqual([])
  // Sent before it came back; it is back all the same.
  ends[2]?.fail()
  expect(await late).toBe('store_unavailable')
  expect(events).toEqual(['store_unavailable', 'store_restored'])
})

test('says by one event that it is gone, and by one that it is back', async () => {
  const { app, fail } = await createFaultyApp()
  const { refresh: token } = await logIn(app)
  for (let outage = 0; outage < 2; outage++) {
    fail('refuses')
    for (let i = 0; i < 3; i++) await refusal(refresh(app, token), 'store_unavailable')
    fail('none')
    for (let i = 0; i < 3; i++) await app.sessions.list('user-1')
  }
  expect(eventsOf(app, 'store_unavailable', 'store_restored').map(({ type }) => type)).toEqual([
    'store_unavailable',
    'store_restored',
    'store_unavailable',
    'store_restored',
  ])
  await refresh(app, token)
})

test('a store that does not answer: 503 within 5 seconds', async () => {
  const { app, fail } = await createFaultyApp()
  const { refresh: token } = await logIn(app)
  fail('hangs')
  vi.useFakeTimers()
  const refused = refusal(refresh(app, token), 'store_unavailable')
  await vi.advanceTimersByTimeAsync(4000)
  await refused
})

test('a bug of the store is not an outage: it passes through', async () => {
  const { app, fail } = await createFaultyApp()
  const { refresh: token } = await logIn(app)
  fail('bug')
  await expect(refresh(app, token)).rejects.toThrow(TypeError)
  expect(eventsOf(app, 'store_unavailable', 'denied')).toEqual([])
})

/** An app whose store carries rotations out, or not, and whose answers get lost. */
async function createLossyApp(options: Partial<SessionsOptions> = {}) {
  let now = 1_800_000_000
  let loses: 'nothing' | 'the answer' | 'the request' = 'nothing'
  const memory = memoryStore({ clock: () => now })
  const store = changedStore(memory, (families) => ({
    rotate: async (rotation) => {
      if (loses === 'the request') throw new StoreUnavailableError()
      const result = await families.rotate(rotation)
      if (loses === 'the answer') throw new StoreUnavailableError()
      return result
    },
  }))
  const app = await createApp({ clock: () => now, ...options, store })
  return {
    app,
    lose: (what: typeof loses) => {
      loses = what
    },
    advance: (seconds: number) => {
      now += seconds
    },
  }
}

test.each(['the answer', 'the request'] as const)(
  'an outage longer than the grace, which lost %s of a rotation, makes nobody a thief',
  async (what) => {
    const { app, lose, advance } = await createLossyApp()
    const { refresh: token } = await logIn(app)
    lose(what)
    await refusal(refresh(app, token), 'store_unavailable')
    advance(3600)
    await refusal(refresh(app, token), 'store_unavailable')
    lose('nothing')
    advance(3600)
    const [next, twin] = await Promise.all([refresh(app, token), refresh(app, token)])
    expect(twin.refresh).toBe(next.refresh)
    advance(9)
    expect((await refresh(app, token)).refresh).toBe(next.refresh)
    await refresh(app, next.refresh)
    expect(eventsOf(app, 'refresh_reused')).toEqual([])
    // Once the successor was used, or the grace is over, it is a replay as ever.
    advance(1)
    await refusal(refresh(app, token), 'refresh_rejected')
    expect(eventsOf(app, 'refresh_reused')).toHaveLength(1)
  },
)

test('the successor of a lost answer that was used meanwhile is given to nobody', async () => {
  const { app, lose, advance } = await createLossyApp()
  const { refresh: token } = await logIn(app)
  lose('the answer')
  await refusal(refresh(app, token), 'store_unavailable')
  lose('nothing')
  advance(5)
  // Within the grace, by another way than the memory of this process.
  const next = await refresh(app, token)
  await refresh(app, next.refresh)
  advance(60)
  expect((await refusal(refresh(app, token), 'refresh_rejected')).reason).toBe('refresh_reused')
})

test('a lost successor is given for the grace after the outage, and no longer, also where nobody has used it', async () => {
  const { app, lose, advance } = await createLossyApp()
  const { refresh: token } = await logIn(app)
  lose('the answer')
  await refusal(refresh(app, token), 'store_unavailable')
  advance(3600)
  lose('nothing')
  const next = await refresh(app, token)
  advance(9)
  expect((await refresh(app, token)).refresh).toBe(next.refresh)
  advance(1)
  expect((await refusal(refresh(app, token), 'refresh_rejected')).reason).toBe('refresh_reused')
})

test('without a grace a lost successor is given to one request alone', async () => {
  const { app, lose, advance } = await createLossyApp({ reuseGrace: 0 })
  const { refresh: token } = await logIn(app)
  lose('the answer')
  await refusal(refresh(app, token), 'store_unavailable')
  lose('nothing')
  advance(60)
  const next = await refresh(app, token)
  await refresh(app, next.refresh)
  expect(eventsOf(app, 'refresh_reused')).toEqual([])
})

test('a slow store has four seconds for all the steps of a verb', async () => {
  const after = <T>(seconds: number, result: Promise<T>) =>
    new Promise<T>((resolve) => setTimeout(() => resolve(result), seconds * 1000))
  let reached = () => {}
  const ending = new Promise<void>((resolve) => {
    reached = resolve
  })
  const store = changedStore(memoryStore({ clock: () => 1_800_000_000 }), (families) => ({
    read: (...given) => after(2.5, families.read(...given)),
    end: (...given) => {
      reached()
      return after(2.5, families.end(...given))
    },
  }))
  const app = await createApp({ store })
  const { refresh: token } = await logIn(app)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const refused = refusal(app.sessions.end(refreshing(token)), 'store_unavailable')
  await vi.advanceTimersByTimeAsync(2500)
  await ending
  await vi.advanceTimersByTimeAsync(1500)
  await refused
})

test('a log-in that takes the place of a session has them too', async () => {
  const left: (number | undefined)[] = []
  const takingLong = (within: number | undefined) => {
    left.push(within)
    vi.advanceTimersByTime(1500)
  }
  const store = changedStore(memoryStore({ clock: () => 1_800_000_000 }), (families) => ({
    read: async (id, within) => {
      takingLong(within)
      return families.read(id)
    },
    start: async (family, within) => {
      takingLong(within)
      return families.start(family)
    },
    end: async (id, within) => {
      takingLong(within)
      return families.end(id)
    },
  }))
  vi.useFakeTimers({ toFake: ['performance'] })
  const app = await createApp({ store, deviceBound: 'offered' })
  const { refresh: token } = await logIn(app)
  left.length = 0
  await app.sessions.start(refreshing(token), { sub: 'user-1' })
  expect(left).toEqual([4, 2.5, 1])
})
