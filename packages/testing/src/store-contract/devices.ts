import assert from 'node:assert/strict'
import type { Ended, FamilyStore, NewFamily } from '@latchkey/session'
import {
  assertGone,
  type Contract,
  countBy,
  idleTtl,
  idsOf,
  inTurn,
  newFamily,
  newHash,
  readLiving,
  reuseGrace,
  rotation,
} from './harness.js'

const within = 60
const deviceKey = '{"crv":"P-256","kty":"EC","x":"…","y":"…"}'

/** Tests sessions that are bound to a device. */
export function testDevices({ test }: Contract): void {
  test('binds a family once, and keeps the key over rotations', async ({ clients: [store] }) => {
    const { id, current, challengeKey } = await begin(store)
    assert.equal((await readLiving(store, id)).deviceKey, null)
    assert.equal(await store.bind({ id, deviceKey, within }), 'bound')
    assert.equal(await store.bind({ id, deviceKey, within }), 'same')
    assert.equal(await store.bind({ id, deviceKey: 'another', within }), 'other')
    await store.rotate(rotation(id, current))
    const record = await readLiving(store, id)
    assert.equal(record.deviceKey, deviceKey)
    assert.equal(record.challengeKey, challengeKey)
  })

  test('binds until the last instant, and not after it', async ({ clients: [store], advance }) => {
    const [one, two, ended] = [await begin(store), await begin(store), await begin(store)]
    await store.end(ended.id)
    await advance(within)
    assert.equal(await store.bind({ id: one.id, deviceKey, within }), 'bound')
    await advance(1)
    assert.equal(await store.bind({ id: two.id, deviceKey, within }), 'late')
    assert.equal(await store.bind({ id: ended.id, deviceKey, within }), 'gone')
    assert.equal(await store.bind({ id: (await newFamily()).id, deviceKey, within }), 'gone')
  })

  test('of many devices at once one is bound', async ({ clients }) => {
    const { id } = await begin(clients[0])
    const keys = Array.from({ length: 20 }, () => newHash())
    const results = await Promise.all(
      inTurn(clients, 20).map((store, i) => store.bind({ id, deviceKey: keys[i] ?? '', within })),
    )
    assert.deepEqual(countBy(results, String), { bound: 1, other: 19 })
    assert.equal((await readLiving(clients[0], id)).deviceKey, keys[results.indexOf('bound')])
  })

  test('with a proof the parent of the live token is taken at any time', async ({ clients: [store], advance }) => {
    const { id, current } = await begin(store)
    await store.bind({ id, deviceKey, within })
    const step = rotation(id, current, { reuseGrace: 0 })
    await store.rotate(step)
    await advance(idleTtl - 1)
    assert.equal((await store.rotate(rotation(id, current))).outcome, 'mismatch')
    const repeated = await store.rotate(rotation(id, current, { proven: true }))
    assert.ok(repeated.outcome === 'repeated', repeated.outcome)
    assert.equal(repeated.sealedSuccessor, step.sealedSuccessor)
    const next = rotation(id, step.successor)
    assert.equal((await store.rotate(next)).outcome, 'rotated')
    assert.equal((await store.rotate(rotation(id, current, { proven: true }))).outcome, 'mismatch')
  })

  test('a successor whose grace is over before the binding stays erased', async ({ clients: [store], advance }) => {
    const { id, current } = await begin(store)
    const step = rotation(id, current)
    await store.rotate(step)
    await advance(reuseGrace)
    assert.equal(await store.bind({ id, deviceKey, within }), 'bound')
    assertGone(await store.rotate(rotation(id, current, { proven: true })), 'unknown')
    assert.equal((await store.rotate(rotation(id, step.successor, { proven: true }))).outcome, 'rotated')
  })

  test('a proof is worth nothing to a family without a device', async ({ clients: [store], advance }) => {
    const { id, current } = await begin(store)
    await store.rotate(rotation(id, current))
    await advance(reuseGrace)
    assert.equal((await store.rotate(rotation(id, current, { proven: true }))).outcome, 'mismatch')
  })
}

/** Tests sessions that must be bound to a device. */
export function testUnbound({ test }: Contract): void {
  test('one that was not bound in time is over', async ({ clients: [store], advance }) => {
    const [bound, unbound] = [await begin(store, { bindWithin: within }), await begin(store, { bindWithin: within })]
    await store.bind({ id: bound.id, deviceKey, within })
    await advance(within)
    await readLiving(store, unbound.id)
    await advance(1)
    assertGone(await store.read(unbound.id), 'unbound')
    assertGone(await store.rotate(rotation(unbound.id, unbound.current)), 'unbound')
    assert.deepEqual(await store.list(unbound.sub), [])
    assert.equal(await store.bind({ id: unbound.id, deviceKey, within: 600 }), 'gone')
    assert.equal(await store.readSealed(unbound.id), null)
    assert.equal(await store.replaceSealed(unbound.id, null, 'sealed'), false)
    assert.equal((await store.rotate(rotation(bound.id, bound.current))).outcome, 'rotated')
    assert.deepEqual(idsOf(await store.list(bound.sub)), [bound.id])
  })

  test('of many that meet one that was not bound in time, one ends it', async ({ clients, advance }) => {
    const { id } = await begin(clients[0], { bindWithin: within })
    await advance(within + 1)
    const ended = await Promise.all(inTurn(clients, 10).map((store) => store.end(id)))
    assert.deepEqual(
      ended.flatMap((each) => (each === null ? [] : [each.unbound])),
      [true],
    )
    assertGone(await clients[0].read(id), 'ended')
  })

  test('whatever ends a family says whether it was not bound in time', async ({ clients: [store], advance }) => {
    const ends = [
      async ({ id }: NewFamily) => [await store.end(id)],
      ({ sub }: NewFamily) => store.endAll(sub),
      async ({ sub }: NewFamily) => (await store.start(await newFamily({ sub, perSubject: 1 }))).evicted,
    ]
    for (const end of ends) {
      const early = await begin(store, { bindWithin: within })
      const late = await begin(store, { bindWithin: within })
      const bound = await begin(store, { bindWithin: within })
      await store.bind({ id: bound.id, deviceKey, within })
      await advance(within)
      assert.deepEqual(said(await end(early)), [[early.id, false]])
      await advance(1)
      assert.deepEqual(said(await end(late)), [[late.id, true]])
      assert.deepEqual(said(await end(bound)), [[bound.id, false]])
    }
  })
}

function said(ended: readonly (Ended | null)[]): readonly unknown[] {
  return ended.map((each) => [each?.id, each?.unbound])
}

async function begin(store: FamilyStore, change: Partial<NewFamily> = {}): Promise<NewFamily> {
  const begun = await newFamily({ challengeKey: newHash(), ...change })
  await store.start(begun)
  return begun
}
