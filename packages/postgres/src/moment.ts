/**
 * The beginning of each statement's `with`: the present, by the store's own clock, which is the first parameter, or where that is
 * null the server's.
 */
export const moment = `moment as materialized (
  select server, coalesce($1::float8, server) as now
  from (select extract(epoch from clock_timestamp())::float8 as server) as clock
)`
