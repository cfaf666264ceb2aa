import { postgresStore } from '@latchkey/postgres'
import { testSessionStore } from '@latchkey/testing/store-contract'
import pg from 'pg'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { needs } from '../servers/needs.js'
import { PostgresServer, postgresMissing } from '../servers/postgres-server.js'

describe('PostgreSQL through pg', needs(postgresMissing), () => {
  let server: PostgresServer
  let pools: readonly [pg.Pool, ...pg.Pool[]]
  let opened = 0
  beforeAll(async () => {
    server = await PostgresServer.start()
    const connect = () => new pg.Pool({ connectionString: server.url, max: 5 })
    pools = [connect(), connect(), connect()]
  })
  afterAll(async () => {
    await Promise.all(pools?.map((pool) => pool.end()) ?? [])
    await server?.stop()
  })

  testSessionStore(
    'pg',
    async () => {
      let now = 1_800_000_000
      const schema = `test_${opened++}`
      const open = (pool: pg.Pool) => postgresStore({ pool, schema, clock: () => now })
      const [first, ...others] = pools
      const stores = [open(first), ...others.map(open)] as const
      await Promise.all(stores.map((store) => store.prepare()))
      return {
        stores,
        advance: (seconds) => {
          now += seconds
        },
        size: () => bytesIn(first, schema),
        close: async () => {},
      }
    },
    { describe, test },
  )
})

async function bytesIn(pool: pg.Pool, schema: string): Promise<number> {
  const { rows } = await pool.query(
    `select sum(pg_column_size(family.*)) as bytes from ${schema}.latchkey_families as family`,
  )
  return Number(rows[0]?.bytes)
}
