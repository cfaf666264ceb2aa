import type { RevocationLog } from '@latchkey/session'
import { followLog, type LogPage, type LogSource } from '@latchkey/session/store-kit'
import type { Database, Row } from './database.js'
import type { Now } from './family-store.js'
import { listen } from './listener.js'
import { moment } from './moment.js'
import type { Names } from './names.js'

/** The revocation log: a table, a count of what was added, and a channel that announces it. */
export function postgresRevocationLog(database: Database, names: Names, now: Now, connection: object): RevocationLog {
  const add = addStatement(names)
  const load = loadStatement(names)
  const source: LogSource = {
    load: async (since) => pageOf(await database.query(load, [now(), since])),
    listen: (listener, signal) => listen(connection, names.channel, listener, signal),
  }
  return {
    add: async (ids, forSeconds) => {
      if (ids.length > 0) await database.query(add, [now(), forSeconds, names.channel, ids])
    },
    watch: (watcher) => followLog(source, watcher),
  }
}

/**
 * The revision's row is locked to the end, so that additions become visible in the order of their revisions. It starts from
 * the server's time in microseconds, and so grows even where the tables were emptied.
 */
function addStatement({ revocations, revision }: Names): string {
  return `
with ${moment}, counted as (
  insert into ${revision} as last (value) select (server * 1000000)::bigint from moment
  on conflict (singleton) do update set value = last.value + 1
  returning value
), added as (
  insert into ${revocations} as known (id, revision, until)
  select distinct id, value, now + $2::float8 from unnest($4::text[]) as id, counted, moment
  on conflict (id) do update set revision = excluded.revision, until = greatest(known.until, excluded.until)
)
select pg_notify($3, value::text) from counted`
}

/** At least one row, for the revision. */
function loadStatement({ revocations, revision }: Names): string {
  return `
with ${moment}, present as (select coalesce((select value from ${revision}), 0) as revision)
select present.revision, entry.id, entry.until - now as seconds
from moment cross join present left join ${revocations} as entry
  on now < entry.until
  and entry.revision > case when $2::bigint > present.revision then 0 else $2::bigint end`
}

function pageOf(rows: readonly Row[]): LogPage {
  return {
    revision: Number(rows[0]?.['revision']),
    entries: rows.flatMap(({ id, seconds }) =>
      id === null || id === undefined ? [] : [{ id, forSeconds: Number(seconds) }],
    ),
  }
}
