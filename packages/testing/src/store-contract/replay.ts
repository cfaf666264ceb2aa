import assert from 'node:assert/strict'
import type { ReplayStore } from '@latchkey/core'
import { countBy, inTurn, newHash, type TestRunner } from './harness.js'

/** An empty replay store for one test. */
export interface ReplayStoreUnderTest {
  /** Clients of the same store. For a database, give several connections. */
  readonly stores: readonly [ReplayStore, ...ReplayStore[]]
  /** Closes the clients. */
  close(): Promise<void>
}

/** The present that these tests give to a store. It may differ from that of the database. */
const now = 1_800_000_000

/**
 * Defines the tests of the contract of replay stores. Every replay store must pass them, so that no proof is good twice. A
 * store must test itself what it does when it is full or cannot be reached.
 *
 * @param name the store's name, for the report
 * @param open makes an empty store for one test, and its clients
 * @param runner `describe` and `test` of vitest or node:test
 */
export function testReplayStore(name: string, open: () => Promise<ReplayStoreUnderTest>, runner: TestRunner): void {
  const test = (title: string, body: (stores: ReplayStoreUnderTest['stores']) => Promise<void>): void =>
    void runner.test(title, async () => {
      const store = await open()
      try {
        await body(store.stores)
      } finally {
        await store.close()
      }
    })

  runner.describe(`${name}: replay store contract`, () => {
    test('burns an id once, whatever expiry a second proof names', async ([store]) => {
      const id = newHash()
      assert.equal(await store.burn(id, now + 70, now), true)
      assert.equal(await store.burn(id, now + 70, now), false)
      assert.equal(await store.burn(id, now + 1000, now + 1), false)
      assert.equal(await store.burn(id, now + 1, now), false)
    })

    test('knows ids apart, to the last character and its case', async ([store]) => {
      const ids = ['a', 'A', 'b', '-', '_'].map((last) => newHash().slice(0, 42) + last)
      const same = ids.map((id) => ids[0]?.slice(0, 42) + id.slice(42))
      for (const id of same) assert.equal(await store.burn(id, now + 70, now), true)
      for (const id of same) assert.equal(await store.burn(id, now + 70, now), false)
    })

    test('takes fractions of a second, and what has expired already', async ([store]) => {
      const [id, past] = [newHash(), newHash()]
      assert.equal(await store.burn(id, now + 70.123456, now + 0.987654), true)
      assert.equal(await store.burn(id, now + 70.123456, now + 0.987654), false)
      assert.equal(await store.burn(past, now - 1, now), true)
    })

    test('of many at once exactly one burns an id, each time', async (stores) => {
      for (let round = 0; round < 5; round++) {
        const id = newHash()
        const burnt = await Promise.all(inTurn(stores, 100).map((store) => store.burn(id, now + 70, now)))
        assert.deepEqual(countBy(burnt, String), { true: 1, false: 99 })
      }
    })

    test('of many ids at once each is burnt once', async (stores) => {
      const ids = Array.from({ length: 50 }, newHash)
      const burnt = await Promise.all(
        inTurn(stores, 100).map(async (store, i) =>
          (await store.burn(ids[i % 50] ?? '', now + 70, now)) ? [i % 50] : [],
        ),
      )
      assert.deepEqual(
        burnt.flat().sort((a, b) => a - b),
        [...ids.keys()],
      )
    })
  })
}
