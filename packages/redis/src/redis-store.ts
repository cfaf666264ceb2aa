import { type Clock, ConfigError } from '@latchkey/core'
import { refuseUnknownOptions } from '@latchkey/core/adapter'
import type { SessionStore } from '@latchkey/session'
import { withDeadline } from '@latchkey/session/store-kit'
import type { RedisClient } from './clients.js'
import { connectionOf, isRedisClient } from './connection.js'
import { type Run, redisFamilyStore } from './family-store.js'
import { redisKeyStore } from './key-store.js'
import { keyringName, namesOf, requirePrefix } from './names.js'
import { redisRevocationLog } from './revocation-log.js'

/** How sessions are kept in Redis. */
export interface RedisStoreOptions {
  /**
   * A client of `ioredis` (`Redis` or `Cluster`) or of `redis` (`createClient` or `createCluster`). It stays the app's own to
   * close. Watching for revocations opens one more connection like it.
   */
  readonly client: RedisClient
  /** What the names of all keys begin with; no braces, for these mean something to a cluster. Default `latchkey:`. */
  readonly prefix?: string
  /** The present in seconds since the epoch. Default: the server's clock, which all processes share. For tests. */
  readonly clock?: Clock
}

/** Real seconds that the server has to answer for the first time. */
const connectedWithin = 10

/**
 * Keeps sessions in Redis 6.2 or later, or Valkey, also as a cluster. Each operation is one Lua script on the keys of one hash slot;
 * what ends is written to the revocation log besides.
 *
 * Its operations reject with `StoreUnavailableError` while the server cannot be reached.
 *
 * @throws ConfigError where an option is wrong
 */
export function redisStore(options: RedisStoreOptions): SessionStore {
  refuseUnknownOptions('redisStore', options, { client: true, prefix: true, clock: true })
  const { client, prefix = 'latchkey:', clock } = options
  if (!isRedisClient(client)) {
    throw new ConfigError('redisStore: client must be a client of ioredis 5 or later, or of redis 5 or later.')
  }
  requirePrefix('redisStore', prefix)
  const connection = connectionOf(client)
  const run: Run = (script, keys, ...values) =>
    connection.run(script, keys, [clock === undefined ? '' : exact(clock()), ...values.map(exact)])
  return {
    familiesOf: (issuer) => {
      const names = namesOf(prefix, issuer)
      return redisFamilyStore(run, names, redisRevocationLog(connection, run, names))
    },
    keys: redisKeyStore(run, keyringName(prefix)),
    prepare: () => withDeadline(connection.connect(), connectedWithin),
  }
}

/** JavaScript writes a number so that it is read back as the same one. */
function exact(value: string | number): string {
  return String(value)
}
