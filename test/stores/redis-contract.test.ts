import { redisStore } from '@latchkey/redis'
import { testSessionStore } from '@latchkey/testing/store-contract'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { needs } from '../servers/needs.js'
import { RedisCluster } from '../servers/redis-cluster.js'
import { RedisServer, redisMissing } from '../servers/redis-server.js'
import { libraries } from './redis-clients.js'

describe.each(libraries)('Redis through $name', needs(redisMissing), ({ connect, cluster, name }) => {
  let server: RedisServer | RedisCluster
  let admins: readonly Redis[] = []
  let opened = 0
  beforeAll(async () => {
    server = await (cluster ? RedisCluster.start() : RedisServer.start())
    const nodes = server instanceof RedisCluster ? server.nodes : [server]
    admins = nodes.map(({ port }) => new Redis(port, '127.0.0.1'))
  })
  afterAll(async () => {
    for (const admin of admins) admin.disconnect()
    await server?.stop()
  })

  testSessionStore(
    name,
    async () => {
      let now = 1_800_000_000
      const prefix = `test-${opened++}:`
      const connections = await Promise.all([connect(server), connect(server), connect(server)])
      const [first, ...others] = connections.map(({ client }) => redisStore({ client, prefix, clock: () => now }))
      if (first === undefined) throw new Error('no connection')
      return {
        stores: [first, ...others],
        advance: (seconds) => {
          now += seconds
        },
        size: async () => (await Promise.all(admins.map((admin) => bytesUnder(admin, prefix)))).reduce((a, b) => a + b),
        close: async () => {
          for (const connection of connections) connection.close()
        },
      }
    },
    { describe, test },
  )
})

async function bytesUnder(client: Redis, prefix: string): Promise<number> {
  const keys = await client.keys(`${prefix}*`)
  const sizes = await Promise.all(keys.map((key) => client.memory('USAGE', key)))
  return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
}
