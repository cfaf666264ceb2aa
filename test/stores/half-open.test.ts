import { postgresStore } from '@latchkey/postgres'
import { redisStore } from '@latchkey/redis'
import type { SessionStore } from '@latchkey/session'
import { Redis } from 'ioredis'
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { needs } from '../servers/needs.js'
import { PostgresServer, postgresMissing } from '../servers/postgres-server.js'
import { QuietProxy } from '../servers/quiet-proxy.js'
import { RedisServer, redisMissing } from '../servers/redis-server.js'
import { newHash } from './families.js'

/** A listener whose connection has fallen silent, as after a firewall has forgotten it, is found out and replaced. */
async function fallSilent(near: SessionStore, far: SessionStore, proxy: QuietProxy): Promise<void> {
  const told: string[] = []
  const stop = await far.revocations.watch({
    revoked: (id) => void told.push(id),
    unsure: () => void told.push('unsure'),
    sure: () => {},
  })
  const before = proxy.connections
  proxy.silenceNewest()
  const first = newHash()
  await near.revocations.add([first], 60)
  await expect.poll(() => told, { timeout: 1000, interval: 10 }).toContain(first)
  await expect.poll(() => proxy.connections, { timeout: 5000 }).toBeGreaterThan(before)
  const second = newHash()
  await near.revocations.add([second], 60)
  await expect.poll(() => told, { timeout: 1000, interval: 10 }).toContain(second)
  expect(told).not.toContain('unsure')
  await stop()
}

describe('Redis', needs(redisMissing), () => {
  test('a listener that hears nothing any more', async () => {
    const server = await RedisServer.start()
    const proxy = await QuietProxy.start(server.port)
    const [direct, through] = [new Redis(server.url), new Redis(proxy.port, '127.0.0.1')]
    await through.ping()
    await fallSilent(redisStore({ client: direct }), redisStore({ client: through }), proxy)
    direct.disconnect()
    through.disconnect()
    await proxy.stop()
    await server.stop()
  })
})

describe('PostgreSQL', needs(postgresMissing), () => {
  test('a listener that hears nothing any more', async () => {
    const server = await PostgresServer.start()
    const proxy = await QuietProxy.start(server.port)
    const near = new pg.Pool({ connectionString: server.url })
    const listen = { host: '127.0.0.1', port: proxy.port, user: 'postgres', database: 'postgres' }
    const store = postgresStore({ pool: near })
    await store.prepare()
    await fallSilent(store, postgresStore({ pool: near, listen }), proxy)
    await near.end()
    await proxy.stop()
    await server.stop()
  })
})
