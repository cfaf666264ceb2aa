/**
 * The start of each statement's `with`: the present. The first parameter is the time of the store's own clock; if it is null,
 * the server's clock counts.
 */
export const moment = `moment as materialized (
  select server, coalesce($1::float8, server) as now
  from (select extract(epoch from clock_timestamp())::float8 as server) as clock
)`
