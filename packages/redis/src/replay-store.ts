import { randomBytes } from 'node:crypto'
import { ConfigError, type ReplayStore } from '@latchkey/core'
import { refuseUnknownOptions } from '@latchkey/core/adapter'
import { withDeadline } from '@latchkey/session/store-kit'
import type { RedisClient } from './clients.js'
import { connectionOf, isRedisClient } from './connection.js'
import { script } from './lua.js'
import { proofName, requirePrefix } from './names.js'
import { number } from './replies.js'

/** How burnt proofs are kept in Redis. */
export interface RedisReplayStoreOptions {
  /** A client as `redisStore` takes it; it may be the same. It stays the app's own to close. */
  readonly client: RedisClient
  /** What the names of all keys begin with; no braces. Default `latchkey:`. */
  readonly prefix?: string
}

/** Real seconds that a server has for an answer. */
const within = 1

/**
 * The third argument is made anew for each call: a client that sends a command again, for its reply was lost with the
 * connection, finds its own and not a proof used twice.
 */
const burn = script(`
if redis.call('SET', KEYS[1], ARGV[3], 'NX', 'PX', lifetime(tonumber(ARGV[2]))) then return 1 end
return redis.call('GET', KEYS[1]) == ARGV[3] and 1 or 0
`)

/**
 * Remembers burnt proofs of possession (RFC 9449 §11.1) in Redis 6.2 or later, or Valkey, for all processes that share it: `createDpop({
 * replayStore: redisReplayStore({ client }) })`. One call per proof, a key of about 200 bytes each, which expires by itself.
 *
 * It rejects with `StoreUnavailableError` where the server cannot be reached, has no memory left, or takes over a second. The server must
 * not evict keys to make room: `maxmemory-policy noeviction`.
 *
 * @throws ConfigError where an option is wrong
 */
export function redisReplayStore(options: RedisReplayStoreOptions): ReplayStore {
  refuseUnknownOptions('redisReplayStore', options, { client: true, prefix: true })
  const { client, prefix = 'latchkey:' } = options
  if (!isRedisClient(client)) {
    throw new ConfigError('redisReplayStore: client must be a client of ioredis 5 or later, or of redis 5 or later.')
  }
  requirePrefix('redisReplayStore', prefix)
  const connection = connectionOf(client)
  return {
    burn: async (id, expiresAt, now) => {
      const seconds = Math.max(0, expiresAt - now)
      const values = ['', String(seconds), randomBytes(12).toString('base64url')]
      return number(await withDeadline(connection.run(burn, [proofName(prefix, id)], values), within)) === 1
    },
  }
}
