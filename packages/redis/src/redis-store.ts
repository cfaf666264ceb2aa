import { type Clock, ConfigError } from '@latchkey/core'
import { refuseUnknownOptions } from '@latchkey/core/adapter'
import type { SessionStore } from '@latchkey/session'
import { withDeadline } from '@latchkey/session/store-kit'
import type { RedisClient } from './clients.js'
import { connectionOf, isRedisClient } from './connection.js'
import { redisFamilyStore } from './family-store.js'
import { redisKeyStore } from './key-store.js'
import type { Run } from './lua.js'
import { keyringName, namesOf, requirePrefix } from './names.js'
import { redisRevocationLog } from './revocation-log.js'

/** Options of `redisStore`. */
export interface RedisStoreOptions {
  /**
   * A client of `ioredis` (`Redis` or `Cluster`) or of `redis` (`createClient` or `createCluster`). The app must close it
   * itself. With `revocation: 'immediate'`, one more connection like it is opened.
   */
  readonly client: RedisClient
  /** The beginning of the names of all keys. It has no braces, because they have a meaning in a cluster. Default `latchkey:`. */
  readonly prefix?: string
  /** Gives the present in seconds since the epoch, for tests. Default: the server's clock, which all processes share. */
  readonly clock?: Clock
}

/** How long the server may take for its first answer, in seconds of real time. */
const connectedWithin = 10

/**
 * Makes a store that keeps sessions in Redis 6.2 or later, or in Valkey, also in a cluster. Each operation is one Lua script on
 * the keys of one hash slot. What ends sessions also writes to the revocation log.
 *
 * Operations reject with `StoreUnavailableError` while the server cannot be reached. While a whole cluster is down, its client
 * may keep them until it is back: the caller, as sessions do, has to stop waiting.
 *
 * @throws ConfigError for an unknown option or a wrong value
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

/** Writes a value as text. JavaScript writes a number so that reading gives the same number. */
function exact(value: string | number): string {
  return String(value)
}
