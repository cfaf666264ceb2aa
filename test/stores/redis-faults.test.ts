import { redisStore } from '@latchkey/redis'
import { Redis } from 'ioredis'
import { describe, expect, test } from 'vitest'
import { needs } from '../servers/needs.js'
import { RedisServer, redisMissing } from '../servers/redis-server.js'
import { issuer, newFamily, rotation } from './families.js'
import { testFaults } from './faults.js'
import { libraries } from './redis-clients.js'

for (const { name, cluster, connect } of libraries.filter((library) => !library.cluster)) {
  testFaults(`Redis through ${name}`, redisMissing, async () => {
    const server = await RedisServer.start({ cluster })
    const connections = [await connect(server), await connect(server)] as const
    const administrator = new Redis(server.port, '127.0.0.1')
    administrator.on('error', () => {})
    const [one, other] = connections
    return {
      server,
      stores: [redisStore({ client: one.client }), redisStore({ client: other.client })],
      cutListeners: () => administrator.call('CLIENT', 'KILL', 'TYPE', 'pubsub'),
      flush: () => administrator.flushall(),
      damage: (id) => damage(administrator, id),
      close: async () => {
        administrator.disconnect()
        for (const connection of connections) connection.close()
      },
    }
  })
}

describe.each(libraries)('Redis through $name', needs(redisMissing), ({ cluster, connect }) => {
  test('goes on after the server has forgotten its scripts', async () => {
    const server = await RedisServer.start({ cluster })
    const { client, close } = await connect(server)
    const administrator = new Redis(server.port, '127.0.0.1')
    const store = redisStore({ client }).familiesOf(issuer)
    const family = newFamily()
    await store.start(family)
    const first = rotation(family.id, family.current)
    expect(await store.rotate(first)).toMatchObject({ outcome: 'rotated' })
    await administrator.script('FLUSH')
    const many = Array.from({ length: 20 }, () => store.rotate(rotation(family.id, first.successor)))
    const outcomes = (await Promise.all(many)).map(({ outcome }) => outcome)
    expect(outcomes.sort()).toEqual([...Array.from({ length: 19 }, () => 'repeated'), 'rotated'])
    administrator.disconnect()
    close()
    await server.stop()
  })
})

async function damage(administrator: Redis, id: string): Promise<void> {
  const [key = ''] = await administrator.keys(`latchkey:*:{${id.slice(0, 16)}}`)
  await administrator.set(key, 'not a hash')
}
