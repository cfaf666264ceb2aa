import type { RedisClient } from '@latchkey/redis'
import { Cluster, Redis } from 'ioredis'
import { createClient, createCluster } from 'redis'
import { createCluster as createCluster5 } from 'redis5'
import { RedisCluster } from '../servers/redis-cluster.js'
import { type Engine, engines, RedisServer } from '../servers/redis-server.js'

/** One server, or a cluster of three masters. */
export type Server = RedisServer | RedisCluster

/** A connection, and what a test needs of it besides the store. */
export interface Connection {
  readonly client: RedisClient
  close(): void
}

/** A way to reach a Redis or Valkey. */
interface Library {
  readonly name: string
  readonly cluster: boolean
  connect(server: Server): Promise<Connection>
}

/** An engine, as one server or as a cluster of three masters, reached through a library. */
export interface Backend {
  readonly name: string
  readonly engine: Engine
  start(): Promise<Server>
  connect(server: Server): Promise<Connection>
}

/** The two libraries, each with one server and with a cluster. */
const libraries: readonly Library[] = [
  { name: 'ioredis', cluster: false, connect: async ({ port }) => ioRedis(new Redis(port, '127.0.0.1')) },
  {
    name: 'ioredis, cluster',
    cluster: true,
    connect: async ({ port }) => ioRedis(new Cluster([{ host: '127.0.0.1', port }])),
  },
  { name: 'redis', cluster: false, connect: async ({ url }) => nodeRedis(createClient({ url })) },
  {
    name: 'redis, cluster',
    cluster: true,
    connect: async ({ url }) => nodeRedis(createCluster({ rootNodes: [{ url }] })),
  },
  // A cluster of redis 5 does not say whether it is ready.
  {
    name: 'redis 5, cluster',
    cluster: true,
    connect: async ({ url }) => nodeRedis(createCluster5({ rootNodes: [{ url }] })),
  },
]

/** Each engine through each library. */
export const backends: readonly Backend[] = engines.flatMap((engine) =>
  libraries.map(({ name, cluster, connect }) => ({
    name: `${engine.name} through ${name}`,
    engine,
    start: () => (cluster ? RedisCluster.start(engine) : RedisServer.start({ engine })),
    connect,
  })),
)

function ioRedis(client: Redis | Cluster): Connection {
  return { client, close: () => client.disconnect() }
}

async function nodeRedis(
  client: ReturnType<typeof createClient> | ReturnType<typeof createCluster> | ReturnType<typeof createCluster5>,
): Promise<Connection> {
  await client.connect()
  return { client, close: () => client.destroy() }
}
