import type { RegisteredClaims } from '@latchkey/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createApp, eventsOf, guard, logIn, refresh, refreshing, refusal } from '../../test/app.js'
import { changedStore, faultyStore } from '../../test/faulty-store.js'
import {
  createKeyring,
  memoryStore,
  type RevocationWatcher,
  type SessionStore,
  StoreUnavailableError,
} from '../index.js'
import { createRevocationList } from './revocation-list.js'

afterEach(() => void vi.useRealTimers())

const clock = () => 1_800_000_000

/** How a guard answers: the code, or that it lets pass. */
async function answerTo(app: Parameters<typeof guard>[0], access: string): Promise<string> {
  const decision = await guard(app, access)
  if ('thrown' in decision) throw decision.thrown
  return decision.allow ? 'allowed' : `${decision.error.code}: ${decision.error.reason}`
}

describe("revocation 'immediate'", () => {
  test.each([
    ['end', (app: Awaited<ReturnType<typeof createApp>>, token: string) => app.sessions.end(refreshing(token))],
    ['endAllOf', (app: Awaited<ReturnType<typeof createApp>>) => app.sessions.endAllOf('user-1')],
  ])('refuses access tokens after %s, remembered ones too, and those of nobody else', async (_verb, endIt) => {
    const app = await createApp({ revocation: 'immediate' })
    await app.sessions.ready()
    const [ended, other] = [await logIn(app), await logIn(app, { sub: 'user-2' })]
    expect(await answerTo(app, ended.access)).toBe('allowed')
    await endIt(app, ended.refresh)
    expect(await answerTo(app, ended.access)).toBe('token_rejected: session_ended')
    expect(await answerTo(app, other.access)).toBe('allowed')
  })

  test('refuses access tokens after reuse', async () => {
    const app = await createApp({ revocation: 'immediate' })
    await app.sessions.ready()
    const first = await logIn(app)
    const next = await refresh(app, first.refresh)
    app.advance(10)
    await refusal(refresh(app, first.refresh), 'refresh_rejected')
    expect(await answerTo(app, next.access)).toBe('token_rejected: session_ended')
  })

  test('tells other nodes of the store', async () => {
    const store = memoryStore({ clock })
    const [here, there] = [
      await createApp({ store, revocation: 'immediate' }),
      await createApp({ store, revocation: 'immediate' }),
    ]
    await Promise.all([here.sessions.ready(), there.sessions.ready()])
    const { access, refresh: token } = await logIn(here)
    expect(await answerTo(there, access)).toBe('allowed')
    await here.sessions.end(refreshing(token))
    expect(await answerTo(there, access)).toBe('token_rejected: session_ended')
    await there.sessions.close()
    await here.sessions.close()
  })

  test('knows what was revoked before the process began', async () => {
    const store = memoryStore({ clock })
    const before = await createApp({ store, revocation: 'immediate' })
    const { access, refresh: token } = await logIn(before)
    await before.sessions.end(refreshing(token))
    const after = await createApp({ store, revocation: 'immediate' })
    await after.sessions.ready()
    expect(await answerTo(after, access)).toBe('token_rejected: session_ended')
  })

  test('lasts until the last access token issued has expired, whatever the settings of who ends', async () => {
    const store = memoryStore({ clock })
    const keyring = await createKeyring({ retireAfter: 3670 })
    const native = await createApp({ store, keyring, accessTokenTtl: 3600, revocation: 'immediate' })
    const web = await createApp({ store, keyring, accessTokenTtl: 300, clock: native.now })
    await native.sessions.ready()
    const { access } = await logIn(native)
    await web.sessions.endAllOf('user-1')
    await expect.poll(() => answerTo(native, access)).toBe('token_rejected: session_ended')
    native.advance(3599)
    expect(await answerTo(native, access)).toBe('token_rejected: session_ended')
  })
})

test("with 'expiry' access tokens live out, and no list is kept", async () => {
  const { store, calls } = faultyStore(memoryStore({ clock }))
  const app = await createApp({ store })
  const { access, refresh: token } = await logIn(app)
  await app.sessions.end(refreshing(token))
  expect(await answerTo(app, access)).toBe('allowed')
  expect(calls).not.toContain('watch')
})

describe('while the list may be incomplete', () => {
  /** A store whose connection for revocations is lost and found by hand. */
  function watched(): { store: SessionStore; watcher: () => RevocationWatcher } {
    const store = memoryStore({ clock })
    let watcher: RevocationWatcher | undefined
    return {
      watcher: () => watcher ?? expect.fail('nobody watches'),
      store: changedStore(store, ({ revocations }) => ({
        revocations: {
          watch: (given) => {
            watcher = given
            return revocations.watch(given)
          },
        },
      })),
    }
  }

  test('tokens that would pass get 503, those known to be revoked are refused, and one event says so', async () => {
    const { store, watcher } = watched()
    const app = await createApp({ store, revocation: 'immediate' })
    await app.sessions.ready()
    const [ended, living] = [await logIn(app), await logIn(app)]
    await app.sessions.end(refreshing(ended.refresh))
    watcher().unsure()
    watcher().unsure()
    expect(await answerTo(app, living.access)).toBe('store_unavailable: revocation_unsure')
    expect(await answerTo(app, ended.access)).toBe('token_rejected: session_ended')
    expect(eventsOf(app, 'revocation_unsure')).toHaveLength(1)
    watcher().sure()
    expect(await answerTo(app, living.access)).toBe('allowed')
    watcher().unsure()
    expect(eventsOf(app, 'revocation_unsure')).toHaveLength(2)
  })

  test.each([
    ['refuses', StoreUnavailableError],
    ['bug', TypeError],
  ] as const)('a list that cannot be loaded at first is tried again, whatever fails: %s', async (fault, error) => {
    const { store, fail } = faultyStore(memoryStore({ clock }))
    const { access } = await logIn(await createApp({ store }))
    fail(fault)
    vi.useFakeTimers()
    const app = await createApp({ store, revocation: 'immediate' })
    await expect(app.sessions.ready()).rejects.toThrow(error)
    expect(await answerTo(app, access)).toBe('store_unavailable: revocation_unsure')
    await vi.advanceTimersByTimeAsync(5000)
    expect(await answerTo(app, access)).toBe('store_unavailable: revocation_unsure')
    fail('none')
    await vi.advanceTimersByTimeAsync(1000)
    expect(await answerTo(app, access)).toBe('allowed')
    expect(eventsOf(app, 'revocation_unsure')).toHaveLength(1)
    await app.sessions.ready()
  })

  test('is not taken for complete where the connection was lost while it was loaded', async () => {
    const store = memoryStore({ clock })
    const app = await createApp({
      revocation: 'immediate',
      store: changedStore(store, () => ({
        revocations: {
          watch: async (watcher) => {
            watcher.unsure()
            return async () => {}
          },
        },
      })),
    })
    await app.sessions.ready()
    expect(await answerTo(app, (await logIn(app)).access)).toBe('store_unavailable: revocation_unsure')
  })
})

test('a token of ours without a session id is refused where sessions can be revoked', async () => {
  const app = await createApp({ revocation: 'immediate' })
  await app.sessions.ready()
  const { SignJWT } = await import('jose')
  const { sharedKeyring } = await import('../../test/app.js')
  const { kid = '', alg, key } = await (await sharedKeyring()).signingKey()
  const token = await new SignJWT({ sub: 'user-1' })
    .setProtectedHeader({ alg, kid, typ: 'at+jwt' })
    .setIssuer('https://app.example')
    .setAudience('https://api.example')
    .setExpirationTime(clock() + 100)
    .sign(key)
  expect(await answerTo(app, token)).toBe('token_rejected: session_ended')
})

test('forgets entries whose time is over', () => {
  let now = 1_800_000_000
  const list = createRevocationList(
    () => now,
    () => {},
  )
  list.add('a', 30)
  const isRevoked = () => list.isRevoked({ iss: '', exp: 0, sid: 'a' } as RegisteredClaims)
  now += 29
  expect(isRevoked()).toBe(true)
  now += 1
  expect(isRevoked()).not.toBe(true)
})

test('a shorter word about a session does not shorten a longer one', () => {
  let now = 1_800_000_000
  const list = createRevocationList(
    () => now,
    () => {},
  )
  list.add('a', 300)
  list.add('a', 30)
  now += 299
  expect(list.isRevoked({ iss: '', exp: 0, sid: 'a' } as RegisteredClaims)).toBe(true)
})
