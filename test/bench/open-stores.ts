import { postgresStore } from '@latchkey/postgres'
import { redisStore } from '@latchkey/redis'
import type { SessionStore } from '@latchkey/session'
import { Redis } from 'ioredis'
import pg from 'pg'
import { PostgresServer, postgresMissing } from '../servers/postgres-server.js'
import { RedisServer, redisMissing } from '../servers/redis-server.js'

/** A store with its client. */
export interface OpenStore {
  readonly store: SessionStore
  close(): Promise<void>
}

/** A database of its own for a measurement. */
export interface StoreServer {
  readonly name: string
  readonly url: string
  stop(): Promise<void>
}

/** Starts each kind of database that can be had here. */
export async function startStoreServers(): Promise<readonly StoreServer[]> {
  const servers: StoreServer[] = []
  if (redisMissing === undefined) servers.push(named('Redis', await RedisServer.start()))
  if (postgresMissing === undefined) servers.push(named('PostgreSQL', await PostgresServer.start()))
  return servers
}

function named(name: string, server: RedisServer | PostgresServer): StoreServer {
  return { name, url: server.url, stop: () => server.stop() }
}

/** Opens a store on the database of that URL. */
export function openStore(url: string): OpenStore {
  if (url.startsWith('redis')) {
    const client = new Redis(url)
    return { store: redisStore({ client }), close: async () => client.disconnect() }
  }
  const pool = new pg.Pool({ connectionString: url, max: 10 })
  return { store: postgresStore({ pool }), close: () => pool.end() }
}
