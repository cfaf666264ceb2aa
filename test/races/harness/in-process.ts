import { postgresStore } from '@latchkey/postgres'
import { redisStore } from '@latchkey/redis'
import type { SessionStore } from '@latchkey/session'
import { Redis } from 'ioredis'
import pg from 'pg'

/** Uses a store that a configuration would name so, in this process. */
export async function withStore(url: string, work: (store: SessionStore) => Promise<void>): Promise<void> {
  if (url.startsWith('redis:')) {
    const client = new Redis(url)
    await work(redisStore({ client })).finally(() => client.disconnect())
  } else {
    const pool = new pg.Pool({ connectionString: url })
    await work(postgresStore({ pool })).finally(() => pool.end())
  }
}
