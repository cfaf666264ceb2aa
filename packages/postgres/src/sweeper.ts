import type { Connection } from './connection.js'
import { moment } from './moment.js'
import type { Names } from './names.js'
import type { Now } from './now.js'

/** The time between two sweeps by one process, in seconds of real time. */
const interval = 1

/**
 * Removes expired rows, at most once a second. The operations that add rows (`start` and `rotate`) call it before their own
 * step, so that its failure has changed nothing.
 */
export type Sweep = (within: number) => Promise<void>

/** Makes a sweep for these tables. */
export function createSweep(connection: Connection, names: Names, now: Now): Sweep {
  const statement = sweepStatement(names)
  let sweptAt = Number.NEGATIVE_INFINITY
  return async (within) => {
    if (performance.now() - sweptAt < interval * 1000) return
    sweptAt = performance.now()
    await connection.query(statement, [now()], within)
  }
}

/** The statement that removes expired rows of all issuers: a limited number, and only rows that nobody else is changing. */
function sweepStatement({ families, revocations }: Names): string {
  const batch = 'limit 1000 for update skip locked'
  return `
with ${moment}, expired as (
  delete from ${families} where (issuer, id) in (
    select issuer, id from ${families} where expires_at <= (select now from moment) ${batch}
  )
), graced as (
  update ${families} set sealed_successor = null where (issuer, id) in (
    select issuer, id from ${families}
    where sealed_successor is not null and device_key is null
      and grace_until <= (select now from moment) and expires_at > (select now from moment)
    ${batch}
  )
), forgotten as (
  delete from ${revocations} where (issuer, id) in (
    select issuer, id from ${revocations} where until <= (select now from moment) ${batch}
  )
)
select 1`
}
