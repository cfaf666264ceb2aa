import type { RequestView } from '@latchkey/core/adapter'
import { postgresStore } from '@latchkey/postgres'
import { redisStore } from '@latchkey/redis'
import { createKeyring, createSessions, memoryStore, type SessionStore, type Sessions } from '@latchkey/session'
import { Redis } from 'ioredis'
import pg from 'pg'
import { PostgresServer, postgresMissing } from '../servers/postgres-server.js'
import { RedisServer, redisMissing } from '../servers/redis-server.js'
import { spreadOf } from './measure.js'
import type { Section } from './section.js'
import { audience, issuer } from './tokens.js'

/** How many sessions refresh at the same time, each one refresh after the other. */
const sessionsAtOnce = 64

interface OpenStore {
  readonly name: string
  readonly store: SessionStore
  close(): Promise<void>
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

async function openStores(): Promise<OpenStore[]> {
  const stores: OpenStore[] = [{ name: 'memory', store: memoryStore(), close: async () => {} }]
  if (redisMissing === undefined) stores.push(await openRedis())
  if (postgresMissing === undefined) stores.push(await openPostgres())
  return stores
}

async function openRedis(): Promise<OpenStore> {
  const server = await RedisServer.start()
  const client = new Redis(server.port, '127.0.0.1')
  const close = async () => {
    client.disconnect()
    await server.stop()
  }
  return { name: 'Redis', store: redisStore({ client }), close }
}

async function openPostgres(): Promise<OpenStore> {
  const server = await PostgresServer.start()
  const pool = new pg.Pool({ connectionString: server.url, max: 10 })
  const close = async () => {
    await pool.end()
    await server.stop()
  }
  return { name: 'PostgreSQL', store: postgresStore({ pool }), close }
}

interface SignedIn {
  readonly sessions: Sessions
  /** The refresh token of each session as it stands. */
  readonly tokens: string[]
}

async function signIn(store: SessionStore): Promise<SignedIn> {
  const keyring = await createKeyring()
  const sessions = createSessions({ keyring, store, issuer, audience, delivery: 'body' })
  await sessions.ready()
  const starting = Array.from({ length: sessionsAtOnce }, (_, n) => sessions.start(view, { sub: `user-${n}` }))
  return { sessions, tokens: (await Promise.all(starting)).map(({ body }) => refreshTokenIn(body)) }
}

async function refreshAll({ sessions, tokens }: SignedIn, seconds: number): Promise<number> {
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

const view: RequestView = { method: 'POST', header: () => undefined, url: () => issuer }

function refreshTokenIn(body: string): string {
  return (JSON.parse(body) as { refreshToken: string }).refreshToken
}
