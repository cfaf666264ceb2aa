import { redisStore } from '@latchkey/redis'
import { testSessionStore } from '@latchkey/testing/store-contract'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../servers/needs.js'
import { issuer, newFamily, rotation } from './families.js'
import { backends, type Server } from './redis-clients.js'

for (const { name, engine, start, connect } of backends) {
  describe(name, needs(engine.missing), () => {
    let server: Server
    let admins: readonly Redis[] = []
    let opened = 0
    beforeAll(async () => {
      server = await start()
      admins = server.nodes.map(({ port }) => new Redis(port, '127.0.0.1'))
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
          size: async () =>
            (await Promise.all(admins.map((admin) => bytesUnder(admin, prefix)))).reduce((a, b) => a + b),
          close: async () => {
            for (const connection of connections) connection.close()
          },
        }
      },
      { describe, test },
    )

    test('goes on after the server has forgotten its scripts', async () => {
      const { client, close } = await connect(server)
      const store = redisStore({ client }).familiesOf(issuer)
      const family = newFamily()
      await store.start(family)
      const first = rotation(family.id, family.current)
      expect(await store.rotate(first)).toMatchObject({ outcome: 'rotated' })
      for (const admin of admins) await admin.script('FLUSH')
      const many = Array.from({ length: 20 }, () => store.rotate(rotation(family.id, first.successor)))
      const outcomes = (await Promise.all(many)).map(({ outcome }) => outcome)
      expect(outcomes.sort()).toEqual([...Array.from({ length: 19 }, () => 'repeated'), 'rotated'])
      close()
    })
  })
}

async function bytesUnder(client: Redis, prefix: string): Promise<number> {
  const keys = await client.keys(`${prefix}*`)
  const sizes = await Promise.all(keys.map((key) => client.memory('USAGE', key)))
  return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
}
