import type { RedisClient } from '@latchkey/redis'
import { Cluster, Redis } from 'ioredis'
import { createClient, createCluster } from 'redis'
import { createCluster as createCluster5 } from 'redis5'

/** A connection, and what a test needs of it besides the store. */
export interface Connection {
  readonly client: RedisClient
  close(): void
}

/** Where a server is. */
interface Address {
  readonly port: number
  readonly url: string
}

/** A way to reach a Redis. */
export interface Library {
  readonly name: string
  readonly cluster: boolean
  connect(server: Address): Promise<Connection>
}

/** The two libraries, each with one server and with a cluster, of one node or several. */
export const libraries: readonly Library[] = [
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

function ioRedis(client: Redis | Cluster): Connection {
  return { client, close: () => client.disconnect() }
}

async function nodeRedis(
  client: ReturnType<typeof createClient> | ReturnType<typeof createCluster> | ReturnType<typeof createCluster5>,
): Promise<Connection> {
  await client.connect()
  return { client, close: () => client.destroy() }
}
