import { randomBytes } from 'node:crypto'
import { ConfigError, type ReplayStore } from '@latchkey/core'
import { refuseUnknownOptions } from '@latchkey/core/adapter'
import { withDeadline } from '@latchkey/session/store-kit'
import type { RedisClient } from './clients.js'
import { connectionOf, isRedisClient } from './connection.js'
import { script } from './lua.js'
import { proofName, requirePrefix } from './names.js'
import { number } from './replies.js'

/** Options of `redisReplayStore`. */
export interface RedisReplayStoreOptions {
  /** A client as for `redisStore`; it may be the same. The app must close it itself. */
  readonly client: RedisClient
  /** The beginning of the names of all keys, without braces. Default `latchkey:`. */
  readonly prefix?: string
}

/** How long the server may take for an answer, in seconds of real time. */
const within = 1

/**
 * The script that burns a proof. The third argument is new for each call. If a client repeats a command because the reply was
 * lost with the connection, it finds its own value, and not a proof that was used twice.
 */
const burn = script(`
if redis.call('SET', KEYS[1], ARGV[3], 'NX', 'PX', lifetime(tonumber(ARGV[2]))) then return 1 end
return redis.call('GET', KEYS[1]) == ARGV[3] and 1 or 0
`)

/**
 * Makes a replay store that remembers burnt proofs of possession (RFC 9449 §11.1) in Redis 6.2 or later, or in Valkey, for all
 * processes that share the server: `createDpop({ replayStore: redisReplayStore({ client }) })`. Each proof takes one call, and
 * a key of about 200 bytes, which expires by itself.
 *
 * It rejects with `StoreUnavailableError` if the server cannot be reached, has no memory left, or takes more than one second.
 * The server must not evict keys to make room: set `maxmemory-policy noeviction`.
 *
 * @throws ConfigError for an unknown option or a wrong value
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
