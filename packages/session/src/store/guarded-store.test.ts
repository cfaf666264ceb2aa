import { afterEach, expect, test, vi } from 'vitest'
import { claimsOf, createApp, eventsOf, logIn, post, refresh, refreshing, refusal } from '../../test/app.js'
import { changedStore, faultyStore } from '../../test/faulty-store.js'
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
  const auth = { claims: { iss: 'https://app.example', sub: 'user-1', exp: 0 }, scope: [], token: '' } as const
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
  const store = guardStore({ ...memoryStore().familiesOf(''), list }, ({ type }) => events.push(type))
  const begun = () => store.list('user-1').catch(({ code }) => code)

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

test('a store that does not answer: 503 within 3 seconds', async () => {
  const { app, fail } = await createFaultyApp()
  const { refresh: token } = await logIn(app)
  fail('hangs')
  vi.useFakeTimers()
  const refused = refusal(refresh(app, token), 'store_unavailable')
  await vi.advanceTimersByTimeAsync(3000)
  await refused
})

test('a bug of the store is not an outage: it passes through', async () => {
  const { app, fail } = await createFaultyApp()
  const { refresh: token } = await logIn(app)
  fail('bug')
  await expect(refresh(app, token)).rejects.toThrow(TypeError)
  expect(eventsOf(app, 'store_unavailable', 'denied')).toEqual([])
})

test('a rotation whose answer was lost leaves one live token for who asks again', async () => {
  const clock = () => 1_800_000_000
  const store = memoryStore({ clock })
  let isLost = true
  let reached = () => {}
  const rotated = new Promise<void>((resolve) => {
    reached = resolve
  })
  const app = await createApp({
    store: changedStore(store, (families) => ({
      rotate: (rotation) => {
        const result = families.rotate(rotation)
        reached()
        return isLost ? new Promise(() => {}) : result
      },
    })),
  })
  const { refresh: token } = await logIn(app)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const refused = refusal(refresh(app, token), 'store_unavailable')
  await rotated
  await vi.advanceTimersByTimeAsync(3000)
  await refused
  isLost = false
  const again = await refresh(app, token)
  await refresh(app, again.refresh)
  expect(eventsOf(app, 'refresh_reused')).toEqual([])
})
