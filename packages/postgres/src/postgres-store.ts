import { type Clock, ConfigError } from '@latchkey/core'
import { refuseUnknownOptions } from '@latchkey/core/adapter'
import type { SessionStore } from '@latchkey/session'
import { isPostgresPool, type PostgresPool } from './clients.js'
import { Connection } from './connection.js'
import { postgresFamilyStore } from './family-store.js'
import { postgresKeyStore } from './key-store.js'
import { migrate } from './migration.js'
import { namesOf, type PostgresNames } from './names.js'
import { nowOf } from './now.js'
import { createSweep } from './sweeper.js'

/** How sessions are kept in PostgreSQL. */
export interface PostgresStoreOptions extends PostgresNames {
  /** A pool of `pg`. It stays the app's own to close. */
  readonly pool: PostgresPool
  /**
   * How the one connection is made that listens for revocations, as `pg`'s `Client` takes it. Default: like those of the pool.
   * Needed where the pool's go through something that does not pass notifications on, such as PgBouncer.
   */
  readonly listen?: object
  /** The present in seconds since the epoch. Default: the server's clock, which all processes share. For tests. */
  readonly clock?: Clock
}

const optionNames: Readonly<Record<keyof PostgresStoreOptions, true>> = {
  pool: true,
  schema: true,
  tablePrefix: true,
  listen: true,
  clock: true,
}

/**
 * Keeps sessions in PostgreSQL 12 or later. Each operation is one statement or one transaction.
 *
 * `prepare` makes the tables that are missing; `postgresMigration` prints the same. Operations reject with
 * `StoreUnavailableError` while the server cannot be reached.
 *
 * @throws ConfigError where an option is wrong
 */
export function postgresStore(options: PostgresStoreOptions): SessionStore {
  refuseUnknownOptions('postgresStore', options, optionNames)
  const { pool, clock, listen } = options
  if (!isPostgresPool(pool)) throw new ConfigError('postgresStore: pool must be a Pool of pg.')
  const names = namesOf('postgresStore', options)
  const connection = new Connection(pool)
  const now = nowOf(clock)
  const sweep = createSweep(connection, names, now)
  const context = { connection, names, now, sweep, listen: listen ?? pool.options }
  return {
    familiesOf: (issuer) => postgresFamilyStore(issuer, context),
    keys: postgresKeyStore(connection, names),
    prepare: () => migrate(connection, names),
  }
}
