import { readFile } from 'node:fs/promises'
import { type RedisStoreOptions, redisStore } from '@latchkey/redis'
import { type FamilyStore, type NewFamily, StoreUnavailableError } from '@latchkey/session'
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
    expect(present.length).toBe(7)
    // By a clock that may stand still while real time passes, it has some seconds to spare.
    const spare = clock === undefined ? 10 : 5000
    for (const key of present) {
      const ms = await client.pttl(key)
      if (key === `${prefix}{keyring}`) expect(ms).toBe(-1)
      else expect(ms).toBeGreaterThan(0)
      const longest = key.includes(':ended:') ? 5000 : key.endsWith(family.id) ? 1000 : 2000
      expect(ms).toBeLessThanOrEqual(longest + spare)
    }
    const left = () => client.keys(`${prefix}*`)
    await expect.poll(left, { timeout: 5000 + 2 * spare }).toEqual([`${prefix}{keyring}`])
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

  describe('an end that takes its time', () => {
    /** Ends a session, and does something else between the first step and the second. */
    async function endWith(meanwhile: (store: FamilyStore, family: NewFamily) => unknown) {
      const store = redisStore({ client }).familiesOf(issuer)
      const [earlier, family] = [newFamily(), newFamily({ accessTtl: 30 })]
      await store.start(earlier)
      // The server knows the scripts from then on: each step is one command.
      await store.end(earlier.id)
      await store.start(family)
      let steps = 0
      const evalsha = async (...command: Parameters<Redis['evalsha']>) => {
        steps += 1
        const reply: unknown = await client.evalsha(...command)
        if (steps === 1) await meanwhile(store, family)
        return reply
      }
      const slow: Redis = Object.create(client, { evalsha: { value: evalsha } })
      const ended = await Promise.allSettled([redisStore({ client: slow }).familiesOf(issuer).end(family.id)])
      const told = new Map<string, number>()
      const stop = await store.revocations.watch({
        revoked: (id, forSeconds) => void told.set(id, forSeconds),
        unsure: () => {},
        sure: () => {},
      })
      await stop()
      return { ended: ended[0], steps, revokedFor: Math.round(told.get(family.id) ?? 0) }
    }

    const refresh = (store: FamilyStore, { id, current }: NewFamily) =>
      store.rotate(rotation(id, current, { accessTtl: 500 }))

    test('revokes the token of a refresh that came between', async () => {
      expect((await endWith(refresh)).revokedFor).toBe(500)
    })

    test('does not shorten what another end has revoked meanwhile', async () => {
      const refreshAndEnd = async (store: FamilyStore, family: NewFamily) => {
        await refresh(store, family)
        await store.end(family.id)
      }
      expect((await endWith(refreshAndEnd)).revokedFor).toBe(500)
    })

    test('stops where nobody waits for it any longer', async () => {
      const { now } = performance
      try {
        const { ended, steps } = await endWith(() => {
          performance.now = () => now.call(performance) + 10_000
        })
        expect(ended).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) })
        expect(steps).toBe(1)
      } finally {
        performance.now = now
      }
    })
  })

  test('any number of sessions of a subject ends at once', async () => {
    const store = redisStore({ client, prefix: 'crowd:' }).familiesOf(issuer)
    const family = newFamily()
    await store.start(family)
    const [key = ''] = await client.keys('crowd:*')
    // More than the arguments of one command, of which each session needs two.
    const copy = `
      local family = redis.call('HGET', KEYS[1], ARGV[1])
      for i = 1, 70000 do
        redis.call('HSET', KEYS[1], string.sub(ARGV[1], 1, 30) .. string.format('%06d', i), family)
      end`
    await client.eval(copy, 1, key, family.id)
    expect(await store.endAll(family.sub, 25)).toHaveLength(70_001)
    expect(await store.list(family.sub)).toEqual([])
  })

  test('a user with the rights that the README asks for', async () => {
    const readme = await readFile(new URL('../../packages/redis/README.md', import.meta.url), 'utf8')
    const rights = /needs\s`(\+.*?)`/.exec(readme)?.[1]?.split(' ') ?? []
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
