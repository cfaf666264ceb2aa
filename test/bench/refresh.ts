import type { RequestView } from '@latchkey/core/adapter'
import { createKeyring, createSessions, memoryStore, type SessionStore, type Sessions } from '@latchkey/session'
import { spreadOf } from './measure.js'
import { type OpenStore, openStore, startStoreServers } from './open-stores.js'
import type { Section } from './section.js'
import { audience, issuer } from './tokens.js'

/** How many sessions refresh at the same time, each one refresh after the other. */
const sessionsAtOnce = 64

interface NamedStore extends OpenStore {
  readonly name: string
}

/** (f) Refreshes per second for each store that can be had here: a rotation and a new ES256 access token each. */
export async function refresh(rounds: number, seconds: number): Promise<Section[]> {
  const stores = await openStores()
  const rates = stores.map((): number[] => [])
  try {
    const users = await Promise.all(stores.map(({ store }) => signIn(store)))
    for (let round = -1; round < rounds; round++) {
      for (const [index, user] of users.entries()) {
        const rate = await refreshAll(user, seconds)
        // The first round warms up.
        if (round >= 0) rates[index]?.push(rate)
      }
    }
  } finally {
    for (const store of stores) await store.close()
  }
  const rows = stores.map(({ name }, index) => ({ name, value: spreadOf(rates[index] ?? []) }))
  const title = `Refreshes per second, ${sessionsAtOnce} sessions at once`
  return [{ id: 'refresh', title, unit: 'refreshes/s', better: 'more', rows }]
}

async function openStores(): Promise<NamedStore[]> {
  const stores: NamedStore[] = [{ name: 'memory', store: memoryStore(), close: async () => {} }]
  for (const { name, url, stop } of await startStoreServers()) {
    const { store, close } = openStore(url)
    stores.push({ name, store, close: () => close().then(stop) })
  }
  return stores
}

/** Sessions that refresh. */
export interface SignedIn {
  readonly sessions: Sessions
  /** The refresh token of each session as it stands. */
  readonly tokens: string[]
}

export async function signIn(store: SessionStore): Promise<SignedIn> {
  const keyring = await createKeyring()
  const sessions = createSessions({ keyring, store, issuer, audience, delivery: 'body' })
  await sessions.ready()
  const starting = Array.from({ length: sessionsAtOnce }, (_, n) => sessions.start(view, { sub: `user-${n}` }))
  return { sessions, tokens: (await Promise.all(starting)).map(({ body }) => refreshTokenIn(body)) }
}

/** Refreshes all over and over for so many seconds; gives refreshes per second. */
export async function refreshAll({ sessions, tokens }: SignedIn, seconds: number): Promise<number> {
  const start = performance.now()
  let refreshed = 0
  await Promise.all(
    tokens.map(async (_, index) => {
      while (performance.now() - start < seconds * 1000) {
        const { body } = await sessions.refresh(view, () => ({ refreshToken: tokens[index] }))
        tokens[index] = refreshTokenIn(body)
        refreshed += 1
      }
    }),
  )
  return refreshed / ((performance.now() - start) / 1000)
}

export const view: RequestView = { method: 'POST', header: () => undefined, url: () => issuer }

export function refreshTokenIn(body: string): string {
  return (JSON.parse(body) as { refreshToken: string }).refreshToken
}
