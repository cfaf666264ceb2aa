import { redisReplayStore, redisStore } from '@latchkey/redis'
import type { FamilyStore } from '@latchkey/session'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LosingProxy } from '../servers/losing-proxy.js'
import { needs } from '../servers/needs.js'
import { RedisServer, redisMissing } from '../servers/redis-server.js'
import { issuer, newFamily, newHash, rotation } from './families.js'

// By itself ioredis sends what had no reply again over its next connection: every operation is then carried out twice.
describe('what ioredis sends again over a cut connection', needs(redisMissing), () => {
  let server: RedisServer
  let proxy: LosingProxy
  let client: Redis
  let store: FamilyStore
  beforeAll(async () => {
    server = await RedisServer.start()
    proxy = await LosingProxy.start(server.port)
    client = new Redis(proxy.port, '127.0.0.1', { retryStrategy: () => 20 })
    store = redisStore({ client }).familiesOf(issuer)
    // The server knows the scripts from then on: what is lost is the reply to the command itself.
    const { id, current } = await begun({})
    await store.rotate(rotation(id, current))
    await store.bind({ id, deviceKey: 'key', within: 60 })
    await store.end(id)
    await redisReplayStore({ client }).burn(newHash(), 70, 0)
  })
  afterAll(async () => {
    client?.disconnect()
    await proxy?.stop()
    await server?.stop()
  })

  async function begun(change: Parameters<typeof newFamily>[0]): Promise<ReturnType<typeof newFamily>> {
    const family = newFamily(change)
    await store.start(family)
    return family
  }

  /** The ids on the revocation log. */
  async function revoked(): Promise<readonly string[]> {
    const ids: string[] = []
    const stop = await store.revocations.watch({ revoked: (id) => void ids.push(id), unsure: () => {}, sure: () => {} })
    await stop()
    return ids
  }

  /** The result of an operation of which a reply was lost, by itself the first. */
  async function resent<T>(operation: () => Promise<T>, after = 0): Promise<T> {
    const before = proxy.lost
    proxy.loseAfter(after)
    const result = await operation()
    expect(proxy.lost).toBe(before + 1)
    return result
  }

  test('a rotation without a grace is no reuse', async () => {
    const { id, current } = await begun({})
    const step = rotation(id, current, { reuseGrace: 0 })
    expect(await resent(() => store.rotate(step))).toMatchObject({ outcome: 'rotated' })
    expect(await store.rotate(rotation(id, step.successor, { reuseGrace: 0 }))).toMatchObject({ outcome: 'rotated' })
  })

  test('a log-in begins one session, and evicts no other for it', async () => {
    const first = await begun({ perSubject: 2 })
    const second = newFamily({ sub: first.sub, perSubject: 2 })
    expect(await resent(() => store.start(second))).toMatchObject({ family: { id: second.id }, evicted: [] })
    expect(await store.list(first.sub)).toHaveLength(2)
  })

  test('a log-in at the limit tells what it has evicted, and revokes it', async () => {
    const first = await begun({ perSubject: 1 })
    const second = newFamily({ sub: first.sub, perSubject: 1 })
    const { evicted } = await resent(() => store.start(second))
    expect(evicted).toEqual([{ id: first.id, revokeFor: expect.closeTo(370, -1), unbound: false }])
    expect(await store.read(first.id)).toMatchObject({ gone: expect.any(String) })
    expect(await revoked()).toContain(first.id)
  })

  // An end looks, writes the log, and ends.
  test('an end tells what it has ended, also that of all sessions, and only once', async () => {
    const [one, two] = [await begun({}), await begun({})]
    expect(await resent(() => store.end(one.id), 2)).toEqual({
      id: one.id,
      revokeFor: expect.closeTo(370, -1),
      unbound: false,
    })
    expect(await store.end(one.id)).toBeNull()
    expect(await resent(() => store.endAll(two.sub), 2)).toMatchObject([{ id: two.id }])
    expect(await store.endAll(two.sub)).toEqual([])
  })

  test('secrets are replaced, and a keyring is written', async () => {
    const { id } = await begun({ sealed: 'one' })
    expect(await resent(() => store.replaceSealed(id, 'one', 'two'))).toBe(true)
    expect(await store.replaceSealed(id, 'one', 'three')).toBe(false)
    const { keys } = redisStore({ client })
    expect(await resent(() => keys.write(0, 'first'))).toBe(true)
    expect(await resent(() => keys.write(1, 'second'))).toBe(true)
    expect(await keys.write(1, 'another')).toBe(false)
    expect(await keys.read()).toEqual({ version: 2, sealed: 'second' })
  })

  test('a device is bound, and not another', async () => {
    const { id } = await begun({})
    expect(await resent(() => store.bind({ id, deviceKey: 'key', within: 60 }))).toMatch(/bound|same/)
  })

  test('a proof is not its own replay', async () => {
    const replay = redisReplayStore({ client })
    const id = newHash()
    expect(await resent(async () => replay.burn(id, 70, 0))).toBe(true)
    expect(await replay.burn(id, 70, 0)).toBe(false)
  })
})
