import { postgresStore } from '@latchkey/postgres'
import { redisStore } from '@latchkey/redis'
import type { SessionStore } from '@latchkey/session'
import { Redis } from 'ioredis'
import pg from 'pg'

/** A store with its client. */
export interface OpenStore {
  readonly store: SessionStore
  close(): Promise<void>
}

export function openRedis(url: string): OpenStore {
  const client = new Redis(url)
  return { store: redisStore({ client }), close: async () => client.disconnect() }
}

export function openPostgres(url: string): OpenStore {
  const pool = new pg.Pool({ connectionString: url, max: 10 })
  return { store: postgresStore({ pool }), close: () => pool.end() }
}
