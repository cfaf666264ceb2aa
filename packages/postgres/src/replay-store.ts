import { ConfigError, type ReplayStore } from '@latchkey/core'
import { refuseUnknownOptions } from '@latchkey/core/adapter'
import { withDeadline } from '@latchkey/session/store-kit'
import { isPostgresPool, type PostgresPool } from './clients.js'
import { Connection } from './connection.js'
import { migrate } from './migration.js'
import { type Names, namesOf, type PostgresNames } from './names.js'

/** Options of `postgresReplayStore`. */
export interface PostgresReplayStoreOptions extends PostgresNames {
  /** A `Pool` of `pg`; it may be that of `postgresStore`. The app must close it itself. */
  readonly pool: PostgresPool
}

/** A replay store in PostgreSQL. */
export interface PostgresReplayStore extends ReplayStore {
  /** Makes the missing tables. Call it before the first request. Several processes may call it at once. */
  prepare(): Promise<void>
}

/** How long the server may take for an answer, in seconds of real time. */
const within = 1
/** The time between two sweeps by one process, in seconds of real time. */
const interval = 1

/**
 * Makes a replay store that remembers burnt proofs of possession (RFC 9449 §11.1) in PostgreSQL 12 or later, for all processes
 * that share the database: `createDpop({ replayStore: postgresReplayStore({ pool }) })`. Each proof takes one statement, and a
 * row of about 200 bytes with its index. Later statements also remove expired rows, at most once a second from each process.
 *
 * It rejects with `StoreUnavailableError` if the server cannot be reached or takes more than one second.
 *
 * @throws ConfigError for an unknown option or a wrong value
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

/**
 * The statement that burns a proof. Of several at once, one inserts the row or replaces an expired one; the others wait and
 * find it taken.
 */
function burnStatement({ proofs }: Names): string {
  return `
insert into ${proofs} as known (id, until) values ($1, ${present} + $2::float8)
on conflict (id) do update set until = excluded.until where known.until <= ${present}
returning 1`
}

/** The part that removes expired rows. It skips the row of the proof itself, because one command may not change a row twice. */
function sweeping({ proofs }: Names): string {
  return `
with forgotten as (
  delete from ${proofs} where id in (
    select id from ${proofs} where until <= ${present} and id <> $1 limit 10000 for update skip locked
  )
)`
}
