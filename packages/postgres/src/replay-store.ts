import { ConfigError, type ReplayStore } from '@latchkey/core'
import { refuseUnknownOptions } from '@latchkey/core/adapter'
import { withDeadline } from '@latchkey/session/store-kit'
import { isPostgresPool, type PostgresPool } from './clients.js'
import { Connection } from './connection.js'
import { migrate } from './migration.js'
import { type Names, namesOf, type PostgresNames } from './names.js'

/** How burnt proofs are kept in PostgreSQL. */
export interface PostgresReplayStoreOptions extends PostgresNames {
  /** A pool of `pg`; it may be that of `postgresStore`. It stays the app's own to close. */
  readonly pool: PostgresPool
}

/** A replay store, and what it needs before the first request. */
export interface PostgresReplayStore extends ReplayStore {
  /** Makes the tables that are missing; safe for several processes at once. */
  prepare(): Promise<void>
}

/** Real seconds that a server has for an answer. */
const within = 1
/** Real seconds between two sweeps by one process. */
const interval = 1

/**
 * Remembers burnt proofs of possession (RFC 9449 §11.1) in PostgreSQL 12 or later, for all processes that share it: `createDpop({
 * replayStore: postgresReplayStore({ pool }) })`. One statement per proof, a row of about 200 bytes each, with its index. What is over is removed by the statements that
 * follow, at most once a second by each process.
 *
 * It rejects with `StoreUnavailableError` where the server cannot be reached or takes over a second.
 *
 * @throws ConfigError where an option is wrong
 */
export function postgresReplayStore(options: PostgresReplayStoreOptions): PostgresReplayStore {
  refuseUnknownOptions('postgresReplayStore', options, { pool: true, schema: true, tablePrefix: true })
  if (!isPostgresPool(options.pool)) throw new ConfigError('postgresReplayStore: pool must be a Pool of pg.')
  const names = namesOf('postgresReplayStore', options)
  const connection = new Connection(options.pool)
  const [burn, sweepAndBurn] = [burnStatement(names), `${sweeping(names)}${burnStatement(names)}`]
  let sweptAt = Number.NEGATIVE_INFINITY

  function statement(): string {
    if (performance.now() - sweptAt < interval * 1000) return burn
    sweptAt = performance.now()
    return sweepAndBurn
  }

  return {
    burn: async (id, expiresAt, now) => {
      const rows = connection.query(statement(), [id, Math.max(0, expiresAt - now)], within)
      return (await withDeadline(rows, within)).length > 0
    },
    prepare: () => migrate(connection, names),
  }
}

const present = 'extract(epoch from clock_timestamp())::float8'

/** Of any number at once one inserts the row, or finds it expired; the others wait for it and find it taken. */
function burnStatement({ proofs }: Names): string {
  return `
insert into ${proofs} as known (id, until) values ($1, ${present} + $2::float8)
on conflict (id) do update set until = excluded.until where known.until <= ${present}
returning 1`
}

/** Not the row that the statement itself is about: no command may change one twice. */
function sweeping({ proofs }: Names): string {
  return `
with forgotten as (
  delete from ${proofs} where id in (
    select id from ${proofs} where until <= ${present} and id <> $1 limit 10000 for update skip locked
  )
)`
}
