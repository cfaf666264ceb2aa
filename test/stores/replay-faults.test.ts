import type { ReplayStore } from '@latchkey/core'
import { postgresReplayStore } from '@latchkey/postgres'
import { redisReplayStore } from '@latchkey/redis'
import { StoreUnavailableError } from '@latchkey/session'
import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../servers/needs.js'
import { PostgresServer, postgresMissing } from '../servers/postgres-server.js'
import { RedisServer, redisMissing } from '../servers/redis-server.js'
import { newHash } from './families.js'

const now = 1_800_000_000

interface Stage {
  readonly server: RedisServer | PostgresServer
  readonly store: ReplayStore
  flush(): Promise<unknown>
  close(): Promise<void>
}

async function openRedis(): Promise<Stage> {
  const server = await RedisServer.start()
  const client = new Redis(server.url)
  const close = async () => client.disconnect()
  return { server, store: redisReplayStore({ client }), flush: () => client.flushall(), close }
}

async function openPostgres(): Promise<Stage> {
  const server = await PostgresServer.start()
  const pool = new pg.Pool({ connectionString: server.url })
  const store = postgresReplayStore({ pool })
  await store.prepare()
  return { server, store, flush: () => pool.query('truncate latchkey_proofs'), close: () => pool.end() }
}

/** What a store says in place of an answer, and after how many milliseconds. */
async function failure(store: ReplayStore): Promise<readonly [unknown, number]> {
  const began = performance.now()
  try {
    return [await store.burn(newHash(), now + 70, now), performance.now() - began]
  } catch (error) {
    return [error, performance.now() - began]
  }
}

describe.each([
  { name: 'Redis', missing: redisMissing, open: openRedis },
  { name: 'PostgreSQL', missing: postgresMissing, open: openPostgres },
])('a replay store on $name that fails', ({ missing, open }) => {
  describe('is never taken for a good answer', needs(missing), () => {
    let stage: Stage
    beforeAll(async () => {
      stage = await open()
    })
    afterAll(async () => {
      await stage?.close()
      await stage?.server.stop()
    })

    test.each(['frozen', 'killed'] as const)('%s: no answer, within about a second; then as before', async (how) => {
      const { server, store } = stage
      const id = newHash()
      expect(await store.burn(id, now + 70, now)).toBe(true)
      await (how === 'frozen' ? server.freeze() : server.kill())
      const [error, milliseconds] = await failure(store)
      expect(error).toBeInstanceOf(StoreUnavailableError)
      expect(milliseconds).toBeLessThan(2000)
      await (how === 'frozen' ? server.thaw() : server.restart())
      const again = async () => {
        try {
          return await store.burn(id, now + 70, now)
        } catch (reason) {
          if (!(reason instanceof StoreUnavailableError)) throw reason
          return 'unavailable'
        }
      }
      // What it had answered for it has not lost.
      await expect.poll(again).not.toBe('unavailable')
      expect(await again()).toBe(false)
    })

    test('emptied: what was burnt is good once more, as the README says', async () => {
      const { store, flush } = stage
      const id = newHash()
      expect(await store.burn(id, now + 70, now)).toBe(true)
      await flush()
      expect(await store.burn(id, now + 70, now)).toBe(true)
      expect(await store.burn(id, now + 70, now)).toBe(false)
    })
  })
})

describe('Redis', needs(redisMissing), () => {
  test('a server without memory left says so, and forgets nothing', async () => {
    const server = await RedisServer.start()
    const client = new Redis(server.url)
    const store = redisReplayStore({ client })
    const id = newHash()
    expect(await store.burn(id, now + 70, now)).toBe(true)
    await client.config('SET', 'maxmemory', '1mb')
    await expect(store.burn(newHash(), now + 70, now)).rejects.toThrow(StoreUnavailableError)
    await client.config('SET', 'maxmemory', '0')
    expect(await store.burn(id, now + 70, now)).toBe(false)
    client.disconnect()
    await server.stop()
  })
})
