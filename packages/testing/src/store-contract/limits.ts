import assert from 'node:assert/strict'
import type { FamilyStore } from '@latchkey/session'
import {
  accessTtl,
  assertGone,
  type Contract,
  idleTtl,
  idsOf,
  inTurn,
  newFamily,
  newSubject,
  readLiving,
  rotation,
} from './harness.js'

const perSubject = 3

/** Tests the limit of a subject's sessions. */
export function testLimits({ test }: Contract): void {
  test('one more ends the one refreshed longest ago, and says so', async ({ clients: [store] }) => {
    const sub = newSubject()
    const [first, second, third] = [await begin(store, sub), await begin(store, sub), await begin(store, sub)]
    await store.rotate(rotation(first.id, first.current))
    const fourth = await newFamily({ sub, perSubject })
    const { evicted } = await store.start(fourth)
    assert.deepEqual(idsOf(evicted), [second.id])
    assert.equal(Math.round(evicted[0]?.revokeFor ?? 0), accessTtl)
    assertGone(await store.rotate(rotation(second.id, second.current)), 'ended')
    assert.deepEqual(idsOf(await store.list(sub)), [fourth.id, third.id, first.id])
  })

  test('what is evicted is on the revocation log', async ({ clients: [store] }) => {
    const sub = newSubject()
    const [first] = [await begin(store, sub), await begin(store, sub), await begin(store, sub), await begin(store, sub)]
    const told: string[] = []
    const stop = await store.revocations.watch({
      revoked: (id) => void told.push(id),
      unsure: () => {},
      sure: () => {},
    })
    await stop()
    assert.deepEqual(told, [first.id])
  })

  test('a smaller limit ends as many as it takes', async ({ clients: [store] }) => {
    const sub = newSubject()
    const begun = [await begin(store, sub), await begin(store, sub), await begin(store, sub)]
    const last = await newFamily({ sub, perSubject: 1 })
    const { evicted } = await store.start(last)
    assert.deepEqual(idsOf(evicted).toSorted(), idsOf(begun).toSorted())
    assert.deepEqual(idsOf(await store.list(sub)), [last.id])
  })

  test('those that have expired or ended do not count', async ({ clients: [store], advance }) => {
    const sub = newSubject()
    await begin(store, sub)
    await advance(idleTtl - 1)
    const [second, third] = [await begin(store, sub), await begin(store, sub)]
    await store.end(third.id)
    await advance(1)
    for (let more = 0; more < 2; more++) {
      assert.deepEqual((await store.start(await newFamily({ sub, perSubject }))).evicted, [])
    }
    assert.deepEqual(idsOf((await store.start(await newFamily({ sub, perSubject }))).evicted), [second.id])
  })

  test('those that were not bound in time make room first', async ({ clients: [store], advance }) => {
    const sub = newSubject()
    const first = await begin(store, sub)
    const unbound = await newFamily({ sub, perSubject, bindWithin: 60 })
    await store.start(unbound)
    const third = await begin(store, sub)
    await advance(61)
    const last = await begin(store, sub)
    assert.deepEqual(last.evicted, [unbound.id])
    assert.deepEqual(idsOf(await store.list(sub)), [last.id, third.id, first.id])
  })

  test('of several such the oldest goes first', async ({ clients: [store], advance }) => {
    const sub = newSubject()
    const unbound: string[] = []
    for (let one = 0; one < 8; one++) {
      const { id } = await store
        .start(await newFamily({ sub, perSubject: 8, bindWithin: 60 }))
        .then(({ family }) => family)
      unbound.push(id)
    }
    await advance(61)
    const evicted: string[] = []
    for (let one = 0; one < 8; one++) {
      evicted.push(...idsOf((await store.start(await newFamily({ sub, perSubject: 8 }))).evicted))
    }
    assert.deepEqual(evicted, unbound)
  })

  test('no subject ends the sessions of another', async ({ clients: [store] }) => {
    const other = await begin(store, newSubject())
    const sub = newSubject()
    for (let more = 0; more < 3 * perSubject; more++) await begin(store, sub)
    await readLiving(store, other.id)
    assert.equal((await store.list(sub)).length, perSubject)
  })

  test('many log-ins at once keep to the limit, and each that is too many ends once', async ({ clients }) => {
    const sub = newSubject()
    const started = await Promise.all(inTurn(clients, 20).map((store) => begin(store, sub)))
    const left = idsOf(await clients[0].list(sub))
    assert.equal(left.length, perSubject)
    const evicted = started.flatMap((each) => each.evicted)
    assert.deepEqual([...left, ...evicted].toSorted(), idsOf(started).toSorted())
  })
}

async function begin(
  store: FamilyStore,
  sub: string,
): Promise<{ id: string; current: string; evicted: readonly string[] }> {
  const begun = await newFamily({ sub, perSubject })
  const { evicted } = await store.start(begun)
  return { ...begun, evicted: idsOf(evicted) }
}
