import { memoryReplayStore } from '@latchkey/core'
import { postgresReplayStore } from '@latchkey/postgres'
import { redisReplayStore } from '@latchkey/redis'
import { testReplayStore } from '@latchkey/testing/store-contract'
import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../servers/needs.js'
import { PostgresServer, postgresMissing } from '../servers/postgres-server.js'
import { RedisServer, redisMissing } from '../servers/redis-server.js'
import { newHash } from './families.js'
import { backends, type Server } from './redis-clients.js'

const now = 1_800_000_000

testReplayStore('memory', async () => ({ stores: [memoryReplayStore()], close: async () => {} }), { describe, test })

for (const { name, engine, start, connect } of backends) {
  describe(name, needs(engine.missing), () => {
    let server: Server
    let opened = 0
    beforeAll(async () => {
      server = await start()
    })
    afterAll(() => server?.stop())

    testReplayStore(
      name,
      async () => {
        const prefix = `test-${opened++}:`
        const connections = [await connect(server), await connect(server)] as const
        const [one, other] = connections
        return {
          stores: [
            redisReplayStore({ client: one.client, prefix }),
            redisReplayStore({ client: other.client, prefix }),
          ],
          close: async () => {
            for (const connection of connections) connection.close()
          },
        }
      },
      { describe, test },
    )
  })
}

describe('Redis', needs(redisMissing), () => {
  test('a proof is forgotten when it has expired, and not before', async () => {
    const server = await RedisServer.start()
    const client = new Redis(server.url)
    const store = redisReplayStore({ client })
    const id = newHash()
    expect(await store.burn(id, now + 2, now)).toBe(true)
    const [key = ''] = await client.keys('*')
    const left = await client.pttl(key)
    expect(left).toBeGreaterThan(1000)
    expect(left).toBeLessThanOrEqual(2010)
    await expect.poll(() => client.keys('*')).toEqual([])
    expect(await store.burn(id, now + 2, now)).toBe(true)
    client.disconnect()
    await server.stop()
  })
})

describe('PostgreSQL through pg', needs(postgresMissing), () => {
  let server: PostgresServer
  let pools: readonly [pg.Pool, pg.Pool]
  let opened = 0
  beforeAll(async () => {
    server = await PostgresServer.start()
    pools = [new pg.Pool({ connectionString: server.url }), new pg.Pool({ connectionString: server.url })]
  })
  afterAll(async () => {
    await Promise.all(pools?.map((pool) => pool.end()) ?? [])
    await server?.stop()
  })

  testReplayStore(
    'pg',
    async () => {
      const schema = `test_${opened++}`
      const [one, other] = pools.map((pool) => postgresReplayStore({ pool, schema }))
      if (one === undefined || other === undefined) throw new Error('no pool')
      await Promise.all([one.prepare(), other.prepare()])
      return { stores: [one, other], close: async () => {} }
    },
    { describe, test },
  )

  test('what has expired can be burnt again, and is removed by the statements that follow', async () => {
    const [pool] = pools
    const store = postgresReplayStore({ pool, schema: 'swept' })
    await store.prepare()
    const [id, long] = [newHash(), newHash()]
    expect(await store.burn(id, now + 1, now)).toBe(true)
    expect(await store.burn(long, now + 70, now)).toBe(true)
    await expect.poll(() => store.burn(id, now + 1, now), { interval: 300 }).toBe(true)
    const rows = async () => {
      await store.burn(long, now + 70, now)
      return Number((await pool.query('select count(*) as n from swept.latchkey_proofs')).rows[0]?.n)
    }
    await expect.poll(rows, { interval: 300 }).toBe(1)
  })
})
