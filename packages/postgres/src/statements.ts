import { moment } from './moment.js'
import type { Names } from './names.js'
import { columns } from './record.js'

/**
 * The statements on families. The first two parameters of each are the time of the store's own clock and the hash of the
 * issuer.
 */
export interface FamilyStatements {
  readonly start: string
  readonly read: string
  readonly rotate: string
  readonly end: string
  readonly endAll: string
  readonly list: string
  readonly bind: string
  readonly readSealed: string
  readonly replaceSealed: string
}

/** SQL that says whether a family was not bound in time. Null if it need not be bound. */
const isUnbound = 'device_key is null and now > bind_by'

/** SQL that says why a family is not alive; null if it is. The family may be missing. */
const whyGone = `case
  when family.id is null then 'unknown'
  when now >= family.absolute_end then 'absolute'
  when now >= family.expires_at then 'idle'
  when ${isUnbound} then 'unbound'
end`

/** SQL that says whether a family is on the revocation log. A missing family that is on it was ended. */
const onLog = ({ revocations }: Names, id: string): string =>
  `exists (select from ${revocations} as entry where entry.issuer = $2 and entry.id = ${id} and now < entry.until)`

/** Makes the statements for these names. */
export function familyStatements(names: Names): FamilyStatements {
  const { families } = names
  const all = columns.map((column) => `family.${column}`).join(', ')
  const living = `
with ${moment}, living as (
  select family.* from ${families} as family, moment where family.issuer = $2 and family.id = $3 and ${whyGone} is null
)`
  return {
    start: startStatement(names),

    read: `
with ${moment}
select server, ${all}, case when ${whyGone} = 'unknown' and ${onLog(names, '$3')} then 'ended' else ${whyGone} end as gone
from moment left join ${families} as family on family.issuer = $2 and family.id = $3`,

    rotate: rotateStatement(names),

    end: `
with ${moment}, removed as (
  delete from ${families} where issuer = $2 and id = $3 returning *
), ${revoking(names, '$4')}
${ended}`,

    endAll: `
with ${moment}, removed as (
  delete from ${families} where issuer = $2 and subject = $3 and sub = $5 returning *
), ${revoking(names, '$4')}
${ended}`,

    list: `
with ${moment}
select ${all} from moment, ${families} as family
where family.issuer = $2 and family.subject = $3 and family.sub = $4 and ${whyGone} is null
order by family.started_at desc, family.ordinal desc`,

    bind: `
with ${moment}, family as materialized (
  select * from ${families} where issuer = $2 and id = $3 for update
), decided as materialized (
  select case
    when ${whyGone} is not null then 'gone'
    when family.device_key = $4 then 'same'
    when family.device_key is not null then 'other'
    when now > family.started_at + $5::float8 then 'late'
    else 'bound'
  end as result
  from moment left join family on true
), bound as (
  update ${families} as changed set
    device_key = $4,
    sealed_successor = case when now < changed.grace_until then changed.sealed_successor end
  from moment
  where issuer = $2 and id = $3 and (select result from decided) = 'bound'
)
select result from decided`,

    readSealed: `${living} select sealed from living`,

    replaceSealed: `
${living}, locked as materialized (
  select changed.id from ${families} as changed, living
  where changed.issuer = $2 and changed.id = living.id and changed.sealed is not distinct from $4
  for update of changed
)
update ${families} as changed set sealed = $5 from locked where changed.issuer = $2 and changed.id = locked.id returning 1`,
  }
}

/** The end of a statement that has used `revoking`: it gives what has ended. */
const ended = `
select alive.id, greatest(alive.access_until - now, 0) as revoke_for, unbound, notified from alive, moment, told`

/**
 * SQL that writes those of `removed` that were alive to the revocation log, and announces it. The row of the revision is locked
 * until the end, so that additions become visible in the order of their revisions. It is locked only after all rows of
 * `removed`, so that no two statements wait for each other. The revision starts from the server's time in microseconds, so that
 * it grows even after the tables were emptied.
 */
function revoking({ revocations, revision }: Names, channel: string): string {
  return `alive as materialized (
  select removed.id, removed.access_until, coalesce(${isUnbound}, false)::text as unbound
  from removed, moment where now < removed.expires_at
), counted as (
  insert into ${revision} as last (issuer, value)
  select $2, (server * 1000000)::bigint from moment, (select count(*) as n from alive) as ended where ended.n > 0
  on conflict (issuer) do update set value = last.value + 1
  returning value
), added as (
  insert into ${revocations} as known (issuer, id, revision, until)
  select $2, alive.id, value, alive.access_until from alive, counted
  on conflict (issuer, id) do update set revision = excluded.revision, until = greatest(known.until, excluded.until)
), told as (
  select pg_notify(${channel}, $2 || ' ' || value)::text as notified from counted
)`
}

/**
 * The statement that starts a family. It runs while the subject's lock is held, so that no other start comes in between. It
 * locks the subject's families before it decides which are too many, because a rotation may just have made one the newest.
 */
function startStatement(names: Names): string {
  const { families } = names
  const own = 'issuer = $2 and subject = $3 and sub = $5'
  return `
with ${moment}, own as materialized (
  select id, touched, expires_at, bind_by, device_key from ${families}
  where ${own} and (select count(*) from ${families} where ${own}) >= $6::int
  for update
), surplus as materialized (
  -- One that was not bound in time is over already, so it makes room first.
  select id from own, moment where now < expires_at
  order by coalesce(${isUnbound}, false), touched desc offset $6::int - 1
), removed as (
  delete from ${families} as family using surplus where family.issuer = $2 and family.id = surplus.id
  returning family.*
), ${revoking(names, '$4')}, begun as (
  insert into ${families} (
    issuer, subject, sub, id, client_id, audience, scope, claims, label, current, tag_key, challenge_key, sealed,
    started_at, refreshed_at, expires_at, absolute_end, access_until, bind_by, touched
  )
  select $2, $3, $5, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
    now, now, now + least($17::float8, $18::float8), now + $18::float8, now + $19::float8, now + $20::float8, server
  from moment
  returning *
)
select ${columns.map((column) => `begun.${column}`).join(', ')}, (
  select coalesce(json_agg(json_build_array(alive.id, greatest(alive.access_until - now, 0), unbound, notified)), '[]')
  from alive, moment, told
) as evicted
from begun`
}

/**
 * The statement that rotates. It locks the family's row before it decides, so that a rotation at the same time sees the result
 * of this one. `for update` gives the newest version of the row, and the update that follows finds the same version.
 */
function rotateStatement(names: Names): string {
  const { families } = names
  const either = columns.map((column) => `coalesce(changed.${column}, decided.${column}) as ${column}`)
  return `
with ${moment}, family as materialized (
  select * from ${families} where issuer = $2 and id = $3 for update
), decided as materialized (
  select server, now, family.*, case
    when server > $4::float8 then 'late'
    when ${whyGone} = 'unknown' and ${onLog(names, '$3')} then 'ended'
    when ${whyGone} is not null then ${whyGone}
    when family.current = $5 then 'rotated'
    when family.parent is distinct from $5 then 'mismatch'
    when family.current = $6 then 'again'
    when now >= family.grace_until and not ($7::boolean and family.device_key is not null) then 'mismatch'
    when family.sealed_successor is null then 'unknown'
    else 'repeated'
  end as outcome
  from moment left join family on true
), rotated as (
  update ${families} as changed set
    current = $6,
    parent = $5,
    sealed_successor = case when $9::float8 > 0 or decided.device_key is not null then $8 end,
    grace_until = now + $9::float8,
    refreshed_at = now,
    expires_at = least(now + $10::float8, decided.absolute_end),
    access_until = greatest(changed.access_until, now + $11::float8),
    scope = coalesce($12, changed.scope),
    claims = coalesce($13, changed.claims),
    touched = server
  from decided
  where changed.issuer = $2 and changed.id = $3 and outcome = 'rotated'
  returning changed.*
), extended as (
  update ${families} as changed set access_until = greatest(changed.access_until, now + $11::float8)
  from decided
  where changed.issuer = $2 and changed.id = $3 and outcome in ('again', 'repeated')
  returning changed.*
), changed as (
  select * from rotated union all select * from extended
)
select server, case outcome when 'again' then 'rotated' else outcome end as outcome, decided.sealed_successor,
  ${either.join(', ')}
from decided left join changed on true`
}
