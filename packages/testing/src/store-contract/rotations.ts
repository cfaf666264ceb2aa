import assert from 'node:assert/strict'
import type { FamilyStore, RotationResult } from '@latchkey/session'
import { type Contract, newFamily, newHash, readLiving, reuseGrace, rotation } from './harness.js'

/** Tests rotations one after the other: use up a token, repeat the successor within the grace, refuse. */
export function testRotations({ test }: Contract): void {
  test('consumes the live token and puts the successor in its place', async ({ clients: [store] }) => {
    const { id, current, tagKey } = await begin(store)
    const step = rotation(id, current)
    assert.equal((await store.rotate(step)).outcome, 'rotated')
    const record = await readLiving(store, id)
    assert.equal(record.current, step.successor)
    assert.equal(record.parent, current)
    assert.equal(record.tagKey, tagKey)
    assert.equal((record.graceUntil ?? 0) - record.family.startedAt, reuseGrace)
  })

  test('gives the parent the same successor again, and changes nothing by it', async ({
    clients: [store],
    advance,
  }) => {
    const { id, current } = await begin(store)
    const step = rotation(id, current)
    await store.rotate(step)
    const before = await store.read(id)
    await advance(reuseGrace - 1)
    assertRepeated(await store.rotate(rotation(id, current)), step.sealedSuccessor)
    assert.deepEqual(await store.read(id), before)
  })

  test('has a grace that does not slide', async ({ clients: [store], advance }) => {
    const { id, current } = await begin(store)
    const step = rotation(id, current)
    await store.rotate(step)
    for (let passed = 3; passed < reuseGrace; passed += 3) {
      await advance(3)
      assertRepeated(await store.rotate(rotation(id, current)), step.sealedSuccessor)
    }
    await advance(1)
    assert.equal((await store.rotate(rotation(id, current))).outcome, 'mismatch')
    assert.equal((await readLiving(store, id)).current, step.successor)
  })

  test('ends the grace when the successor is used', async ({ clients: [store] }) => {
    const { id, current } = await begin(store)
    const [first, second] = [rotation(id, current), newHash()]
    await store.rotate(first)
    await store.rotate(rotation(id, first.successor, { successor: second }))
    assert.equal((await store.rotate(rotation(id, current))).outcome, 'mismatch')
    assert.equal((await readLiving(store, id)).current, second)
  })

  test('has no grace where it is 0', async ({ clients: [store] }) => {
    const { id, current } = await begin(store)
    await store.rotate(rotation(id, current, { reuseGrace: 0 }))
    assert.equal((await store.rotate(rotation(id, current, { reuseGrace: 0 }))).outcome, 'mismatch')
  })

  test('tells the tag key to who presents something else, and changes nothing', async ({ clients: [store] }) => {
    const { id, tagKey } = await begin(store)
    const before = await store.read(id)
    assert.deepEqual(await store.rotate(rotation(id, newHash())), { outcome: 'mismatch', tagKey })
    assert.deepEqual(await store.read(id), before)
  })

  test('takes a new scope and new claims, and keeps them', async ({ clients: [store] }) => {
    const { id, current } = await begin(store)
    const grant = { scope: ['admin'], claims: { roles: [], plan: 'ünlimited' } }
    const step = rotation(id, current, { grant })
    const result = await store.rotate(step)
    assert.ok(result.outcome === 'rotated')
    assert.deepEqual(result.family.scope, grant.scope)
    assert.deepEqual(result.family.claims, grant.claims)
    const next = await store.rotate(rotation(id, step.successor))
    assert.ok(next.outcome === 'rotated')
    assert.deepEqual(next.family.claims, grant.claims)
    const repeated = await store.rotate(rotation(id, step.successor, { grant: { scope: [], claims: {} } }))
    assert.ok(repeated.outcome === 'repeated')
    assert.deepEqual(repeated.family.scope, grant.scope)
  })

  test('carries the same rotation out once, however often it is sent', async ({ clients: [store] }) => {
    const { id, current } = await begin(store)
    const step = rotation(id, current, { reuseGrace: 0 })
    for (let sent = 0; sent < 3; sent++)
      assert.equal((await store.rotate(step)).outcome, 'rotated', `sent ${sent + 1} times`)
    assert.equal((await readLiving(store, id)).current, step.successor)
    const next = rotation(id, step.successor, { reuseGrace: 0 })
    assert.equal((await store.rotate(next)).outcome, 'rotated')
    assert.equal((await store.rotate(step)).outcome, 'mismatch')
  })

  test('keeps no more after many rotations than after two', async ({ clients: [store], size }) => {
    const { id, current } = await begin(store)
    let presented = current
    const sizes: number[] = []
    for (let step = 0; step < 40; step++) {
      const next = rotation(id, presented)
      assert.equal((await store.rotate(next)).outcome, 'rotated')
      presented = next.successor
      sizes.push(size === undefined ? JSON.stringify(await store.read(id)).length : await size())
    }
    assert.equal(sizes.at(-1), sizes[1])
  })
}

async function begin(store: FamilyStore): Promise<{ id: string; current: string; tagKey: string }> {
  const begun = await newFamily()
  await store.start(begun)
  return begun
}

function assertRepeated(result: RotationResult, sealedSuccessor: string): void {
  assert.ok(result.outcome === 'repeated', `${result.outcome}, and not repeated`)
  assert.equal(result.sealedSuccessor, sealedSuccessor)
}
