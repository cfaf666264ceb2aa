import { postgresStore } from '@latchkey/postgres'
import { redisStore } from '@latchkey/redis'
import { type FamilyStore, StoreUnavailableError } from '@latchkey/session'
import { Redis } from 'ioredis'
import pg from 'pg'
import { createClient } from 'redis'
import { describe, expect, test } from 'vitest'
import { needs } from '../servers/needs.js'
import { PostgresServer, postgresMissing } from '../servers/postgres-server.js'
import { QuietProxy } from '../servers/quiet-proxy.js'
import { RedisServer, redisMissing } from '../servers/redis-server.js'
import { issuer, newFamily } from './families.js'
import type { Connection } from './redis-clients.js'

/** A listener whose connection has fallen silent, as after a firewall has forgotten it, is found out and replaced. */
async function fallSilent(near: FamilyStore, far: FamilyStore, proxy: QuietProxy): Promise<void> {
  const told: string[] = []
  const stop = await far.revocations.watch({
    revoked: (id) => void told.push(id),
    unsure: () => void told.push('unsure'),
    sure: () => {},
  })
  const before = proxy.connections
  const first = await begin(near)
  proxy.silenceNewest()
  await near.end(first)
  await expect.poll(() => told, { timeout: 1000, interval: 10 }).toContain(first)
  await expect.poll(() => proxy.connections, { timeout: 5000 }).toBeGreaterThan(before)
  const second = await begin(near)
  await near.end(second)
  await expect.poll(() => told, { timeout: 1000, interval: 10 }).toContain(second)
  expect(told).not.toContain('unsure')
  await stop()
}

async function begin(store: FamilyStore): Promise<string> {
  const family = newFamily()
  await store.start(family)
  return family.id
}

/** A connection for commands that has fallen silent is replaced: what waited has failed, or is sent again by the client. */
async function comeBack(store: FamilyStore, proxy: QuietProxy): Promise<void> {
  const family = newFamily()
  await store.start(family)
  const { connections } = proxy
  proxy.silenceNewest()
  const error: unknown = await store.read(family.id).catch((reason: unknown) => reason)
  if (error instanceof Error) expect(error).toBeInstanceOf(StoreUnavailableError)
  const found = async () => {
    const record = await store.read(family.id).catch(() => null)
    return record !== null && 'current' in record ? record.current : null
  }
  await expect.poll(found).toBe(family.current)
  expect(proxy.connections).toBeGreaterThan(connections)
}

describe('Redis', needs(redisMissing), () => {
  test.each(['ioredis', 'redis'])('a connection of %s that hears nothing any more', async (library) => {
    const server = await RedisServer.start()
    const proxy = await QuietProxy.start(server.port)
    const { client, close } = await (library === 'redis' ? impatientNodeRedis(proxy) : impatientIoRedis(proxy))
    await comeBack(redisStore({ client }).familiesOf(issuer), proxy)
    close()
    await proxy.stop()
    await server.stop()
  })

  test('a listener that hears nothing any more', async () => {
    const server = await RedisServer.start()
    const proxy = await QuietProxy.start(server.port)
    const [direct, through] = [new Redis(server.url), new Redis(proxy.port, '127.0.0.1')]
    await through.ping()
    await fallSilent(
      redisStore({ client: direct }).familiesOf(issuer),
      redisStore({ client: through }).familiesOf(issuer),
      proxy,
    )
    direct.disconnect()
    through.disconnect()
    await proxy.stop()
    await server.stop()
  })
})

async function impatientIoRedis({ port }: QuietProxy): Promise<Connection> {
  const client = new Redis(port, '127.0.0.1', { socketTimeout: 500 })
  return { client, close: () => client.disconnect() }
}

async function impatientNodeRedis({ port }: QuietProxy): Promise<Connection> {
  const socket = { socketTimeout: 500, reconnectStrategy: () => 50 }
  const client = createClient({ url: `redis://127.0.0.1:${port}`, pingInterval: 200, socket })
  await client.connect()
  return { client, close: () => client.destroy() }
}

describe('PostgreSQL', needs(postgresMissing), () => {
  test('a connection that hears nothing any more', async () => {
    const server = await PostgresServer.start()
    const proxy = await QuietProxy.start(server.port)
    const pool = new pg.Pool({ host: '127.0.0.1', port: proxy.port, user: 'postgres', database: 'postgres' })
    const store = postgresStore({ pool })
    await store.prepare()
    await comeBack(store.familiesOf(issuer), proxy)
    await pool.end()
    await proxy.stop()
    await server.stop()
  })

  test('a listener that hears nothing any more', async () => {
    const server = await PostgresServer.start()
    const proxy = await QuietProxy.start(server.port)
    const near = new pg.Pool({ connectionString: server.url })
    const listen = { host: '127.0.0.1', port: proxy.port, user: 'postgres', database: 'postgres' }
    const store = postgresStore({ pool: near })
    await store.prepare()
    await fallSilent(store.familiesOf(issuer), postgresStore({ pool: near, listen }).familiesOf(issuer), proxy)
    await near.end()
    await proxy.stop()
    await server.stop()
  })
})
