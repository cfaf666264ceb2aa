import { Redis } from 'ioredis'
import pg from 'pg'
import { PostgresServer, postgresMissing } from './postgres-server.js'
import { RedisServer, redisMissing } from './redis-server.js'

/** A kind of session store that contract servers can be started on. */
export interface StoreKind {
  readonly name: 'memory' | 'Redis' | 'PostgreSQL'
  /** Why it cannot be started; undefined where it can. */
  readonly missing: string | undefined
  /** Whether processes share it, and it outlives them. */
  readonly shared: boolean
  start(): Promise<RunningStore>
}

/** A store that is ready. */
export interface RunningStore {
  /** What a configuration names it, for a database of its own that is empty at first. */
  database(): Promise<string>
  /** Everything that its databases hold, as text. */
  dump(): Promise<string>
  stop(): Promise<void>
}

/** Each kind of store, the real servers included. */
export const storeKinds: readonly StoreKind[] = [
  {
    name: 'memory',
    missing: undefined,
    shared: false,
    start: async () => ({ database: async () => 'memory', dump: async () => '', stop: async () => {} }),
  },
  { name: 'Redis', missing: redisMissing, shared: true, start: startRedis },
  { name: 'PostgreSQL', missing: postgresMissing, shared: true, start: startPostgres },
]

async function startRedis(): Promise<RunningStore> {
  const server = await RedisServer.start()
  let databases = 0
  return {
    database: async () => `${server.url}/${databases++}`,
    dump: async () => {
      const dumps: string[] = []
      for (let n = 0; n < databases; n++) dumps.push(await dumpRedis(`${server.url}/${n}`))
      return dumps.join('\n')
    },
    stop: () => server.stop(),
  }
}

async function startPostgres(): Promise<RunningStore> {
  const server = await PostgresServer.start()
  const urls: string[] = []
  return {
    database: async () => {
      const name = `sessions_${urls.length}`
      await query(server.url, `create database ${name}`)
      const url = server.url.replace(/[^/]*$/, name)
      urls.push(url)
      return url
    },
    dump: async () => (await Promise.all(urls.map(dumpPostgres))).join('\n'),
    stop: () => server.stop(),
  }
}

/** Every key of a Redis database with its whole value. */
export async function dumpRedis(url: string): Promise<string> {
  const client = new Redis(url)
  try {
    const keys = await client.keys('*')
    const values = await Promise.all(keys.map((key) => readKey(client, key)))
    return keys.map((key, i) => `${key} ${JSON.stringify(values[i])}`).join('\n')
  } finally {
    client.disconnect()
  }
}

async function readKey(client: Redis, key: string): Promise<unknown> {
  switch (await client.type(key)) {
    case 'string':
      return client.get(key)
    case 'hash':
      return client.hgetall(key)
    case 'zset':
      return client.zrange(key, '0', '-1', 'WITHSCORES')
    case 'set':
      return client.smembers(key)
    case 'list':
      return client.lrange(key, 0, -1)
    case 'none':
      return null
    default:
      throw new Error(`${key} is of a type that this dump does not know`)
  }
}

/** Every row of every table of a PostgreSQL database. */
export async function dumpPostgres(url: string): Promise<string> {
  const [{ tables } = { tables: '' }] = await query(
    url,
    `select string_agg(format('select row_to_json(t)::text as row from %I.%I t', schemaname, tablename), ' union all ') as tables
     from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
  )
  if (!tables) return ''
  return (await query(url, String(tables))).map(({ row }) => String(row)).join('\n')
}

async function query(url: string, text: string): Promise<readonly { [column: string]: unknown }[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}
