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

/** Options of `postgresStore`. */
export interface PostgresStoreOptions extends PostgresNames {
  /** A `Pool` of `pg`. The app must close it itself. */
  readonly pool: PostgresPool
  /**
   * The options of the one connection that listens for revocations, in the form of `pg`'s `Client`. It is needed if the pool's
   * connections go through a program that does not pass on notifications, such as PgBouncer. Default: the options of the pool.
   */
  readonly listen?: object
  /** Gives the present in seconds since the epoch, for tests. Default: the server's clock, which all processes share. */
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
 * Makes a store that keeps sessions in PostgreSQL 12 or later. Each operation is one statement or one transaction.
 *
 * `prepare` makes the missing tables; `postgresMigration` gives the same as SQL. Operations reject with `StoreUnavailableError`
 * while the server cannot be reached.
 *
 * @throws ConfigError for an unknown option or a wrong value
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
