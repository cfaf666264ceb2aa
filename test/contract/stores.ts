import { type Clock, ConfigError } from '@latchkey/core'
import { postgresStore } from '@latchkey/postgres'
import { redisStore } from '@latchkey/redis'
import { memoryStore, type SessionStore } from '@latchkey/session'
import { Redis } from 'ioredis'
import pg from 'pg'

/**
 * The store that a configuration names, on the given clock or on its own.
 *
 * @throws ConfigError for a name that is none
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
