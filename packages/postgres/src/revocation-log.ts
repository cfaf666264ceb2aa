import type { RevocationLog } from '@latchkey/session'
import { followLog, type LogPage, type LogSource } from '@latchkey/session/store-kit'
import type { Connection, Row } from './connection.js'
import { listen } from './listener.js'
import { moment } from './moment.js'
import type { Names } from './names.js'
import type { Now } from './now.js'

/** What `postgresRevocationLog` needs. */
export interface RevocationLogContext {
  readonly connection: Connection
  readonly names: Names
  readonly now: Now
  /** The options of the connection that listens for revocations. */
  readonly listen: object
}

/**
 * Makes the revocation log of an issuer: a table, a count of the additions, and a channel that announces them. The statements
 * that end sessions write it, in the same step.
 *
 * @param issuer the hash of the issuer
 */
export function postgresRevocationLog(
  issuer: string,
  { connection, names, now, listen: options }: RevocationLogContext,
): RevocationLog {
  const load = loadStatement(names)
  const source: LogSource = {
    load: async (since) => pageOf(await connection.query(load, [now(), issuer, since])),
    listen: (listener, signal) => listen(options, names.channel, issuer, listener, signal),
  }
  return { watch: (watcher) => followLog(source, watcher) }
}

/** The statement that loads the log. It gives at least one row, which has the revision. */
function loadStatement({ revocations, revision }: Names): string {
  return `
with ${moment}, present as (
  select coalesce((select value from ${revision} where issuer = $2), 0) as revision
)
select present.revision, entry.id, entry.until - now as seconds
from moment cross join present left join ${revocations} as entry
  on entry.issuer = $2 and now < entry.until
  and entry.revision > case when $3::bigint > present.revision then 0 else $3::bigint end`
}

function pageOf(rows: readonly Row[]): LogPage {
  return {
    revision: Number(rows[0]?.['revision']),
    entries: rows.flatMap(({ id, seconds }) =>
      id === null || id === undefined ? [] : [{ id, forSeconds: Number(seconds) }],
    ),
  }
}
