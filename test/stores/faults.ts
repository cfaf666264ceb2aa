import { type FamilyStore, type RevocationWatcher, type SessionStore, StoreUnavailableError } from '@latchkey/session'
import { withDeadline } from '@latchkey/session/store-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../servers/needs.js'
import { issuer, newFamily, rotation } from './families.js'

/** A server whose faults a test brings about. */
interface FaultyServer {
  kill(): Promise<void>
  restart(): Promise<void>
  freeze(): Promise<void>
  thaw(): Promise<void>
  stop(): Promise<void>
}

/** A database, with two clients of it as two processes would have them. */
export interface Faulty {
  readonly server: FaultyServer
  readonly stores: readonly [SessionStore, SessionStore]
  /** Whether a client may keep a command until the server is back, so that only its caller's deadline ends the wait. */
  readonly keepsCommands?: boolean
  /** Breaks the connections that listen for revocations. */
  cutListeners(): Promise<unknown>
  /** Empties the database. */
  flush(): Promise<unknown>
  /** Damages what is kept of a family, as only a mistake could. */
  damage(id: string): Promise<unknown>
  close(): Promise<void>
}

/** What holds on each database while it fails, and afterwards. The server's own clock decides here. */
export function testFaults(name: string, missing: string | undefined, open: () => Promise<Faulty>): void {
  describe(name, needs(missing), () => {
    let faulty: Faulty
    let stores: readonly [FamilyStore, FamilyStore]
    beforeAll(async () => {
      faulty = await open()
      stores = [faulty.stores[0].familiesOf(issuer), faulty.stores[1].familiesOf(issuer)]
      await Promise.all(faulty.stores.map((store) => store.prepare()))
    })
    afterAll(async () => {
      await faulty?.close()
      await faulty?.server.stop()
    })

    test('a server that is killed makes the store unavailable, and it comes back by itself', async () => {
      const [store] = stores
      const { id, current } = await begin(store)
      const first = rotation(id, current)
      expect(await store.rotate(first)).toMatchObject({ outcome: 'rotated' })
      await faulty.server.kill()
      const asked = <T>(answer: Promise<T>) => (faulty.keepsCommands ? withDeadline(answer, 1) : answer)
      const error: unknown = await asked(store.read(id)).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(StoreUnavailableError)
      await expect(asked(store.rotate(rotation(id, first.successor)))).rejects.toThrow(StoreUnavailableError)
      await faulty.server.restart()
      expect(await onceAvailable(() => store.rotate(rotation(id, first.successor)))).toMatchObject({
        outcome: 'rotated',
      })
    })

    test('a rotation that a server carries out too late does not consume the token', async () => {
      const [store] = stores
      const { id, current } = await begin(store)
      await store.read(id)
      await faulty.server.freeze()
      const late = store.rotate(rotation(id, current, { reuseGrace: 0 })).catch((reason: unknown) => reason)
      // What the caller waits for an answer, and a little more.
      await seconds(3.5)
      await faulty.server.thaw()
      expect(await late).toBeInstanceOf(StoreUnavailableError)
      const again = () => store.rotate(rotation(id, current, { reuseGrace: 0 }))
      expect(await onceAvailable(again)).toMatchObject({ outcome: 'rotated' })
    })

    test('a wrong estimate of the server’s time is put right', async () => {
      const [store] = stores
      const { id, current } = await begin(store)
      await store.read(id)
      const { now } = performance
      try {
        // As if this process had stood still for a minute before the reply came in.
        performance.now = () => now.call(performance) - 60_000
        expect(await store.rotate(rotation(id, current))).toMatchObject({ outcome: 'rotated' })
      } finally {
        performance.now = now
      }
    })

    test('a database that is emptied ends the sessions, and begins new ones', async () => {
      const [store] = stores
      const { id, sub, current } = await begin(store)
      await faulty.flush()
      expect(await store.rotate(rotation(id, current))).toEqual({ outcome: 'gone', gone: 'unknown' })
      expect(await store.read(id)).toEqual({ gone: 'unknown' })
      expect(await store.end(id)).toBeNull()
      expect(await store.list(sub)).toEqual([])
      const again = await begin(store)
      expect(await store.rotate(rotation(again.id, again.current))).toMatchObject({ outcome: 'rotated' })
    })

    test('a mistake is not an outage', async () => {
      const [store] = stores
      const { id } = await begin(store)
      await faulty.damage(id)
      const error: unknown = await store.read(id).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(Error)
      expect(error).not.toBeInstanceOf(StoreUnavailableError)
    })

    test('a listener that is cut off misses nothing', async () => {
      const [near, far] = stores
      const { told, stop } = await watch(far)
      for (let round = 0; round < 3; round++) {
        const { id } = await begin(near)
        await faulty.cutListeners()
        const began = performance.now()
        await near.end(id)
        await until(() => told.includes(id))
        expect(performance.now() - began).toBeLessThan(1000)
      }
      expect(told).not.toContain('unsure')
      await stop()
    })

    test.each(['killed', 'frozen'] as const)(
      'a watcher is unsure of a server that is %s, then sure again',
      async (how) => {
        const [near, far] = stores
        const { told, stop } = await watch(far)
        const began = performance.now()
        await (how === 'killed' ? faulty.server.kill() : faulty.server.freeze())
        await until(() => told.includes('unsure'))
        expect(performance.now() - began).toBeLessThan(2500)
        await (how === 'killed' ? faulty.server.restart() : faulty.server.thaw())
        await until(() => told.includes('sure'))
        const { id } = await begin(near)
        await onceAvailable(() => near.end(id))
        await until(() => told.includes(id))
        await stop()
      },
    )

    test('nobody can begin to watch a server that is down', async () => {
      await faulty.server.kill()
      await expect(watch(stores[0])).rejects.toThrow(StoreUnavailableError)
      await faulty.server.restart()
      const { stop } = await onceAvailable(() => watch(stores[0]))
      await stop()
    })
  })
}

async function begin(store: FamilyStore): Promise<{ id: string; sub: string; current: string }> {
  const family = newFamily()
  await onceAvailable(() => store.start(family))
  return family
}

async function watch(store: FamilyStore): Promise<{ told: string[]; stop: () => Promise<void> }> {
  const told: string[] = []
  const watcher: RevocationWatcher = {
    revoked: (id) => void told.push(id),
    unsure: () => void told.push('unsure'),
    sure: () => void told.push('sure'),
  }
  return { told, stop: await store.revocations.watch(watcher) }
}

/** Tries again while the store cannot be reached. */
async function onceAvailable<T>(operation: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + 15_000
  for (;;) {
    try {
      return await operation()
    } catch (error) {
      if (!(error instanceof StoreUnavailableError) || performance.now() > deadline) throw error
    }
    await seconds(0.05)
  }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 15_000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('It did not come about.')
    await seconds(0.01)
  }
}

function seconds(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time * 1000))
}
