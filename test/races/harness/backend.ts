import { Redis } from 'ioredis'
import pg from 'pg'
import { PostgresServer, postgresMissing } from '../../servers/postgres-server.js'
import { RedisServer, redisMissing } from '../../servers/redis-server.js'
import { dumpPostgres, dumpRedis } from '../../servers/stores.js'

/** A database server that the races are run on, and what may happen to it. */
export interface Backend {
  readonly port: number
  /** What a configuration names it; with a port, that of something that stands before it. */
  url(port?: number): string
  freeze(): Promise<void>
  thaw(): Promise<void>
  kill(): Promise<void>
  restart(): Promise<void>
  /** All data are gone. */
  empty(): Promise<void>
  /** It has forgotten what it was told of statements and scripts, as after a fail-over. */
  forget(): Promise<void>
  dump(): Promise<string>
  /** Bytes that it needs for what has this text in it. */
  bytesWith(text: string): Promise<number>
  stop(): Promise<void>
}

/** A kind of database server. */
export interface BackendKind {
  readonly name: string
  /** Why it cannot be started; undefined where it can. */
  readonly missing: string | undefined
  start(): Promise<Backend>
}

/** The servers that sessions are kept on by several processes. */
export const backends: readonly BackendKind[] = [
  { name: 'Redis', missing: redisMissing, start: startRedis },
  { name: 'PostgreSQL', missing: postgresMissing, start: startPostgres },
]

async function startRedis(): Promise<Backend> {
  const server = await RedisServer.start()
  const url = (port = server.port): string => `redis://127.0.0.1:${port}`
  return {
    port: server.port,
    url,
    freeze: () => server.freeze(),
    thaw: () => server.thaw(),
    kill: () => server.kill(),
    restart: () => server.restart(),
    empty: () => withRedis(url(), async (client) => void (await client.flushall())),
    forget: () => withRedis(url(), async (client) => void (await client.script('FLUSH'))),
    dump: () => dumpRedis(url()),
    bytesWith: (text) =>
      withRedis(url(), async (client) => {
        // All sessions of a subject are one key, which the first characters of a session's id name.
        const keys = await client.keys(`*${text.slice(0, 16)}*`)
        const sizes = await Promise.all(keys.map((key) => client.memory('USAGE', key)))
        return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
      }),
    stop: () => server.stop(),
  }
}

async function startPostgres(): Promise<Backend> {
  const server = await PostgresServer.start()
  const url = (port = server.port): string => `postgres://postgres@127.0.0.1:${port}/postgres`
  const others = 'pid <> pg_backend_pid() and usename is not null'
  return {
    port: server.port,
    url,
    freeze: () => server.freeze(),
    thaw: () => server.thaw(),
    kill: () => server.kill(),
    restart: () => server.restart(),
    empty: () =>
      withPostgres(url(), async (client) => {
        for (const table of await tablesOf(client)) await client.query(`truncate ${table}`)
      }),
    forget: () =>
      withPostgres(url(), async (client) => {
        await client.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${others}`)
      }),
    dump: () => dumpPostgres(url()),
    bytesWith: (text) =>
      withPostgres(url(), async (client) => {
        let bytes = 0
        for (const table of await tablesOf(client)) {
          const of = `select coalesce(sum(pg_column_size(row)), 0)::int as bytes from ${table} row where row::text like $1`
          bytes += (await client.query<{ bytes: number }>(of, [`%${text}%`])).rows[0]?.bytes ?? 0
        }
        return bytes
      }),
    stop: () => server.stop(),
  }
}

async function tablesOf(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    "select format('%I', tablename) as name from pg_tables where schemaname = 'public'",
  )
  return rows.map(({ name }) => name)
}

async function withRedis<T>(url: string, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url)
  try {
    return await work(client)
  } finally {
    client.disconnect()
  }
}

async function withPostgres<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
