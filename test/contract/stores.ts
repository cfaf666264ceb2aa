import { type Clock, ConfigError, type ReplayStore } from '@latchkey/core'
import { postgresReplayStore, postgresStore } from '@latchkey/postgres'
import { redisReplayStore, redisStore } from '@latchkey/redis'
import { memoryStore, type SessionStore } from '@latchkey/session'
import { Redis } from 'ioredis'
import pg from 'pg'

/**
 * The store that a configuration names, on the given clock if the store takes one.
 *
 * @throws ConfigError for an unknown name
 */
export function openStore(name: unknown, clock: Clock | undefined): SessionStore {
  const time = clock === undefined ? {} : { clock }
  if (name === undefined || name === 'memory') return memoryStore(time)
  if (typeof name === 'string' && /^rediss?:\/\//.test(name)) {
    return redisStore({ client: new Redis(name, { lazyConnect: true }), ...time })
  }
  if (typeof name === 'string' && /^postgres(?:ql)?:\/\//.test(name)) {
    return postgresStore({ pool: new pg.Pool({ connectionString: name }), ...time })
  }
  throw new ConfigError("store must be 'memory', or begin with redis:// or postgres://.")
}

/**
 * The store of used proofs that a URL names, ready for the first request.
 *
 * @throws ConfigError (as a rejection) for any other URL
 */
export async function openReplayStore(url: string): Promise<ReplayStore> {
  if (/^rediss?:\/\//.test(url)) {
    const client = new Redis(url, { lazyConnect: true })
    await client.connect()
    return redisReplayStore({ client })
  }
  if (/^postgres(?:ql)?:\/\//.test(url)) {
    const store = postgresReplayStore({ pool: new pg.Pool({ connectionString: url }) })
    await store.prepare()
    return store
  }
  throw new ConfigError('dpop.replay must be { memory: n }, or begin with redis:// or postgres://.')
}
