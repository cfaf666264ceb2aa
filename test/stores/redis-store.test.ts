import { readFile } from 'node:fs/promises'
import { type RedisStoreOptions, redisStore } from '@latchkey/redis'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../servers/needs.js'
import { RedisServer, redisMissing } from '../servers/redis-server.js'
import { issuer, newFamily, rotation } from './families.js'

describe('Redis', needs(redisMissing), () => {
  let server: RedisServer
  let client: Redis
  beforeAll(async () => {
    server = await RedisServer.start()
    client = new Redis(server.url)
  })
  afterAll(async () => {
    client?.disconnect()
    await server?.stop()
  })

  test.each([
    ['the server’s clock', undefined],
    ['a clock of its own', () => 1_800_000_000],
  ])('everything but the keyring expires by itself, with %s', async (name, clock) => {
    const prefix = `short ${name}:`
    const whole = redisStore({ client, prefix, ...(clock === undefined ? {} : { clock }) })
    const store = whole.familiesOf(issuer)
    const [family, ended] = [newFamily({ idleTtl: 2, absoluteTtl: 2 }), newFamily({ accessTtl: 2 })]
    await store.start(family)
    await store.rotate(rotation(family.id, family.current, { reuseGrace: 1, idleTtl: 2 }))
    await store.start(ended)
    await store.end(ended.id)
    await whole.keys.write(0, 'sealed')
    const present = await client.keys(`${prefix}*`)
    expect(present.length).toBe(6)
    // By a clock that may stand still while real time passes, it has some seconds to spare.
    const spare = clock === undefined ? 10 : 5000
    for (const key of present) {
      const ms = await client.pttl(key)
      if (key === `${prefix}{keyring}`) expect(ms).toBe(-1)
      else expect(ms).toBeGreaterThan(0)
      expect(ms).toBeLessThanOrEqual((key.endsWith(family.id) ? 1000 : 2000) + spare)
    }
    const left = () => client.keys(`${prefix}*`)
    await expect.poll(left, { timeout: 2000 + 2 * spare }).toEqual([`${prefix}{keyring}`])
  })

  test('expires by the server’s clock: idle, absolute, grace', async () => {
    const store = redisStore({ client }).familiesOf(issuer)
    const family = newFamily({ idleTtl: 1, absoluteTtl: 3 })
    const { startedAt, expiresAt, absoluteEnd } = (await store.start(family)).family
    expect(Math.abs(startedAt - Date.now() / 1000)).toBeLessThan(5)
    expect(expiresAt - startedAt).toBeCloseTo(1, 3)
    expect(absoluteEnd - startedAt).toBeCloseTo(3, 3)
    await expect.poll(() => store.read(family.id), { timeout: 3000 }).toHaveProperty('gone')
    expect(await store.rotate(rotation(family.id, family.current))).toMatchObject({ outcome: 'gone' })
  })

  test('a successor that a server short of memory has evicted is a log-in, no theft', async () => {
    const store = redisStore({ client, prefix: 'evicting:' }).familiesOf(issuer)
    const family = newFamily()
    await store.start(family)
    const step = rotation(family.id, family.current)
    await store.rotate(step)
    await client.del(await client.keys(`evicting:*:${family.id}`))
    expect(await store.rotate(rotation(family.id, family.current))).toMatchObject({ outcome: 'gone' })
    expect(await store.read(family.id)).toMatchObject({ current: step.successor })
  })

  test('keeps apart what has different prefixes, and works with that of a client', async () => {
    const prefixed = new Redis(server.url, { keyPrefix: 'app:' })
    const [one, other, none] = [
      redisStore({ client: prefixed, prefix: 'one:' }).familiesOf(issuer),
      redisStore({ client, prefix: 'app:one:' }).familiesOf(issuer),
      redisStore({ client }).familiesOf(issuer),
    ]
    const family = newFamily()
    await one.start(family)
    expect(await one.list(family.sub)).toHaveLength(1)
    expect(await other.list(family.sub)).toHaveLength(1)
    expect(await none.list(family.sub)).toEqual([])
    prefixed.disconnect()
  })

  test('a user with the rights that the README asks for', async () => {
    const readme = await readFile(new URL('../../packages/redis/README.md', import.meta.url), 'utf8')
    const rights = /needs `(\+.*?)`/.exec(readme)?.[1]?.split(' ') ?? []
    await client.acl('SETUSER', 'app', 'on', '>secret', ...rights)
    const limited = new Redis(server.url, { username: 'app', password: 'secret' })
    const whole = redisStore({ client: limited })
    await whole.prepare()
    const store = whole.familiesOf(issuer)
    const family = newFamily()
    await store.start(family)
    await store.rotate(rotation(family.id, family.current))
    expect(await store.list(family.sub)).toHaveLength(1)
    expect(await whole.keys.read()).toBeNull()
    const told: string[] = []
    const stop = await store.revocations.watch({
      revoked: (id) => void told.push(id),
      unsure: () => {},
      sure: () => {},
    })
    expect(await store.endAll(family.sub)).toMatchObject([{ id: family.id }])
    expect(await store.end(family.id)).toBeNull()
    await expect.poll(() => told).toContain(family.id)
    await stop()
    limited.disconnect()
  })

  test('a connection that is made only when needed', async () => {
    const lazy = new Redis(server.url, { lazyConnect: true })
    const store = redisStore({ client: lazy })
    await store.prepare()
    expect(lazy.status).toBe('ready')
    lazy.disconnect()
  })

  test('two subjects that one database text would confuse', async () => {
    const store = redisStore({ client }).familiesOf(issuer)
    const lone = newFamily({ sub: 'user \ud800' })
    await store.start(lone)
    expect(await store.list('user \ufffd')).toEqual([])
    expect((await store.list('user \ud800')).map(({ sub }) => sub)).toEqual(['user \ud800'])
  })
})

test.each([
  ['client must be a client of ioredis', { client: {} }],
  ['client must be a client of ioredis', {}],
  ['prefix must be a string without braces', { client: { evalsha: () => {} }, prefix: '{app}:' }],
  ['redisStore', { client: { evalsha: () => {} }, prefx: 'app:' }],
])('refuses wrong options: %s', (message, options) => {
  expect(() => redisStore(options as unknown as RedisStoreOptions)).toThrow(message)
})
