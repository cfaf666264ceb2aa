import { moment } from './moment.js'
import type { Names } from './names.js'

const columns = [
  'id',
  'sub',
  'client_id',
  'scope',
  'claims',
  'started_at',
  'expires_at',
  'absolute_end',
  'current',
  'parent',
  'grace_until',
  'tag_key',
]

/** The statements on families. The first parameter of each is the store's own clock. */
export interface FamilyStatements {
  readonly start: string
  readonly read: string
  readonly rotate: string
  readonly end: string
  readonly endAll: string
  readonly list: string
  readonly sweep: string
}

export function familyStatements(names: Names): FamilyStatements {
  const { families } = names
  const all = (alias: string) => columns.map((column) => `${alias}.${column}`).join(', ')
  return {
    start: `
with ${moment}, held as materialized (select pg_advisory_xact_lock_shared($2::int, $3::int))
insert into ${families} (id, sub, client_id, scope, claims, current, tag_key, started_at, expires_at, absolute_end)
select $4, $5, $6, $7, $8, $9, $10, now, now + least($11::float8, $12::float8), now + $12::float8
from held, moment
returning started_at, expires_at, absolute_end`,

    read: `
with ${moment}
select server, ${all('family')}
from moment left join ${families} as family on family.id = $2 and now < family.expires_at`,

    rotate: rotateStatement(families, columns),

    end: `
with ${moment}, ended as (delete from ${families} where id = $2 returning expires_at)
select 1 from ended, moment where now < expires_at`,

    endAll: `
with ${moment}, ended as (delete from ${families} where sub = $2 returning id, expires_at)
select id from ended, moment where now < expires_at`,

    list: `
with ${moment}
select ${all('family')} from moment, ${families} as family where family.sub = $2 and now < family.expires_at`,

    sweep: sweepStatement(names),
  }
}

/**
 * Locks the family's row, so that whoever comes at the same time sees what this one did, and decides. `for update` gives the
 * newest version of the row, and the update that follows finds the same one.
 */
function rotateStatement(families: string, columns: readonly string[]): string {
  const either = columns.map((column) => `coalesce(rotated.${column}, family.${column}) as ${column}`)
  return `
with ${moment}, family as materialized (
  select * from ${families} where id = $2 for update
), rotated as (
  update ${families} as changed set
    current = $4,
    parent = $3,
    sealed_successor = case when $6::float8 > 0 then $5 end,
    grace_until = now + $6::float8,
    expires_at = least(now + $7::float8, family.absolute_end),
    scope = coalesce($9, family.scope),
    claims = coalesce($10, family.claims)
  from family, moment
  where changed.id = family.id and family.current = $3 and now < family.expires_at
    and server <= coalesce($8::float8, server)
  returning changed.*
)
select
  server,
  case
    when server > $8::float8 then 'late'
    when rotated.id is not null then 'rotated'
    when family.id is null or now >= family.expires_at then 'unknown'
    when family.parent = $3 and now < family.grace_until then 'repeated'
    else 'mismatch'
  end as outcome,
  family.sealed_successor,
  ${either.join(', ')}
from moment left join family on true left join rotated on true`
}

/** Removes what is over: some of it, and only what nobody else is working on. */
function sweepStatement({ families, revocations }: Names): string {
  const batch = 'limit 1000 for update skip locked'
  return `
with ${moment}, expired as (
  delete from ${families} where id in (
    select id from ${families} where expires_at <= (select now from moment) ${batch}
  )
), graced as (
  update ${families} set sealed_successor = null where id in (
    select id from ${families}
    where sealed_successor is not null and grace_until <= (select now from moment) and expires_at > (select now from moment)
    ${batch}
  )
), forgotten as (
  delete from ${revocations} where id in (
    select id from ${revocations} where until <= (select now from moment) ${batch}
  )
)
select 1`
}
