/**
 * The tests that every session store and every replay store must pass.
 *
 * @module @latchkey/testing/store-contract
 */

import { testDevices, testUnbound } from './devices.js'
import { testExpiry, testFamilies, testLists } from './families.js'
import { type Clients, issuer, type OpenStore, type StoreUnderTest, type TestRunner } from './harness.js'
import { testIssuers } from './issuers.js'
import { testKeys } from './keys.js'
import { testLimits } from './limits.js'
import { testRaces } from './races.js'
import { testRevocations } from './revocations.js'
import { testRotations } from './rotations.js'
import { testSchedules } from './schedules.js'
import { testSealed } from './sealed.js'

export type { StoreUnderTest, TestRunner } from './harness.js'
export { type ReplayStoreUnderTest, testReplayStore } from './replay.js'

/**
 * Defines the tests of the store contract. Every session store must pass them, so that sessions behave the same on all stores.
 * It needs the package `fast-check`, and a test runner.
 *
 * ```ts
 * testSessionStore('memory', openMemoryStore, { describe, test })
 * ```
 *
 * @param name the store's name, for the report
 * @param open makes an empty store for one test, and its clients
 * @param runner `describe` and `test` of vitest or node:test
 * @param runs how many random schedules are compared with a model; default 100
 */
export function testSessionStore(
  name: string,
  open: () => Promise<StoreUnderTest>,
  runner: TestRunner,
  runs = 100,
): void {
  const parts = {
    families: testFamilies,
    expiry: testExpiry,
    lists: testLists,
    rotations: testRotations,
    issuers: testIssuers,
    limits: testLimits,
    devices: testDevices,
    'sessions that must be bound': testUnbound,
    'sealed secrets': testSealed,
    races: testRaces,
    revocations: testRevocations,
    keys: testKeys,
    schedules: testSchedules,
  }
  runner.describe(`${name}: session store contract`, () => {
    for (const [part, define] of Object.entries(parts)) {
      runner.describe(part, () =>
        define({ runs, test: (title, body) => void runner.test(title, withStore(open, body)) }),
      )
    }
    runner.test(
      'several clients may prepare at once',
      withStore(open, async ({ stores }) => void (await Promise.all(stores.map((store) => store.prepare())))),
    )
  })
}

function withStore(
  open: () => Promise<StoreUnderTest>,
  body: (store: OpenStore) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const store = await open()
    try {
      const [first, ...others] = store.stores
      const clients: Clients = [first.familiesOf(issuer), ...others.map((each) => each.familiesOf(issuer))]
      await body({ ...store, clients })
    } finally {
      await store.close()
    }
  }
}
