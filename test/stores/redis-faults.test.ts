import { redisStore } from '@latchkey/redis'
import { Redis } from 'ioredis'
import { testFaults } from './faults.js'
import { backends } from './redis-clients.js'

/** Each engine, each library, and a cluster. All ten pass, but would take more than two minutes; the contract runs on all of them. */
const chosen = ['Redis through ioredis', 'Valkey through redis', 'Valkey through ioredis, cluster']

for (const { name, engine, start, connect } of backends.filter((backend) => chosen.includes(backend.name))) {
  testFaults(name, engine.missing, async () => {
    const server = await start()
    const connections = [await connect(server), await connect(server)] as const
    const administrators = server.nodes.map(({ port }) => new Redis(port, '127.0.0.1'))
    for (const administrator of administrators) administrator.on('error', () => {})
    const everywhere = (action: (node: Redis) => Promise<unknown>) => Promise.all(administrators.map(action))
    const [one, other] = connections
    return {
      server,
      keepsCommands: server.nodes.length > 1,
      stores: [redisStore({ client: one.client }), redisStore({ client: other.client })],
      cutListeners: () => everywhere((node) => node.call('CLIENT', 'KILL', 'TYPE', 'pubsub')),
      flush: () => everywhere((node) => node.flushall()),
      damage: (id) => everywhere((node) => damage(node, id)),
      close: async () => {
        for (const administrator of administrators) administrator.disconnect()
        for (const connection of connections) connection.close()
      },
    }
  })
}

async function damage(node: Redis, id: string): Promise<void> {
  const [key] = await node.keys(`latchkey:*:{${id.slice(0, 16)}}`)
  if (key !== undefined) await node.set(key, 'not a hash')
}
