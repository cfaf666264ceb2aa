import type { Connection } from './connection.js'
import { type Names, namesOf, type PostgresNames } from './names.js'

/** The number of our advisory lock: any number that nobody else uses. */
const lock = 7_308_604_895_148_204_403n

/**
 * Gives the SQL that makes the missing tables and indexes of the stores. It may run again, also from several processes at once.
 * Times in the tables are in seconds since the epoch.
 *
 * @param names where the tables are; default: see `PostgresNames`
 * @throws ConfigError for an unknown option or a name that is not plain
 */
export function postgresMigration(names: PostgresNames = {}): string {
  return migrationOf(namesOf('postgresMigration', names))
}

/** Makes the missing tables. If none is missing, the role needs no right to make tables. */
export async function migrate(connection: Connection, names: Names): Promise<void> {
  const tables = [names.families, names.revocations, names.revision, names.keyring, names.proofs]
  const [found] = await connection.query(
    'select bool_and(to_regclass(name) is not null)::text as all from unnest($1::text[]) name',
    [tables],
  )
  if (found?.['all'] !== 'true') await connection.run(migrationOf(names))
}

function migrationOf(names: Names): string {
  const { families, revocations, revision, keyring, proofs, index, schema } = names
  return `begin;
-- Only one at a time. Whoever had to wait looks into the catalog, for what it remembers of that may be out of date.
do $$ begin
  perform pg_advisory_xact_lock(${lock});
  perform from pg_catalog.pg_namespace;
end $$;
${schema === undefined ? '' : `create schema if not exists "${schema}";\n`}
-- A session each: the line of refresh tokens that began with one log-in.
create table if not exists ${families} (
  issuer text not null, -- a hash
  id text not null,
  subject text not null, -- what the id begins with
  sub text not null,
  client_id text,
  audience text not null,
  scope text not null,
  claims text not null,
  label text,
  started_at double precision not null,
  refreshed_at double precision not null,
  expires_at double precision not null,
  absolute_end double precision not null,
  access_until double precision not null, -- the last access token issued for it has expired
  bind_by double precision,
  current text not null,
  parent text,
  grace_until double precision,
  sealed_successor text,
  tag_key text not null,
  challenge_key text,
  device_key text,
  sealed text, -- the app's own secrets
  ordinal bigint generated always as identity,
  touched double precision not null, -- when it was refreshed last, by the server's clock
  primary key (issuer, id)
);
create index if not exists ${index('families_subject')} on ${families} (issuer, subject);
create index if not exists ${index('families_expires_at')} on ${families} (expires_at);
create index if not exists ${index('families_grace_until')} on ${families} (grace_until)
  where sealed_successor is not null and device_key is null;

-- Sessions whose access tokens are refused until the last of them has expired.
create table if not exists ${revocations} (
  issuer text not null, -- a hash
  id text not null,
  revision bigint not null,
  until double precision not null,
  primary key (issuer, id)
);
create index if not exists ${index('revocations_revision')} on ${revocations} (issuer, revision);
create index if not exists ${index('revocations_until')} on ${revocations} (until);

-- A row for each issuer: counts what was added to the revocations.
create table if not exists ${revision} (
  issuer text primary key, -- a hash
  value bigint not null
);

-- One row: the keys that sign access tokens, encrypted.
create table if not exists ${keyring} (
  singleton boolean primary key default true check (singleton),
  version bigint not null,
  sealed text not null
);

-- Proofs of possession that were used, for as long as they could be good.
create table if not exists ${proofs} (
  id text primary key,
  until double precision not null
);
create index if not exists ${index('proofs_until')} on ${proofs} (until);
commit;
`
}
