import assert from 'node:assert/strict'
import { absoluteTtl, type Contract, idleTtl, newFamily, newSubject, rotation } from './harness.js'

/** What begins, is looked at, ends and expires. */
export function testFamilies({ test }: Contract): void {
  test('gives a family back as it began, with its times', async ({ clients: [store] }) => {
    const claims = {
      text: 'ü "quoted" \\ \u{1f511}',
      list: [],
      nested: { empty: {}, none: null, yes: true },
      number: 1.5,
    }
    const {
      idleTtl: _,
      absoluteTtl: __,
      ...begun
    } = await newFamily({ clientId: 'app', scope: ['read', 'write:all'], claims })
    const family = await store.start({ ...begun, idleTtl, absoluteTtl })
    const { current, tagKey, ...given } = begun
    const { startedAt, expiresAt, absoluteEnd, ...rest } = family
    assert.deepEqual(rest, given)
    assertSeconds(expiresAt - startedAt, idleTtl)
    assertSeconds(absoluteEnd - startedAt, absoluteTtl)
    assert.deepEqual(await store.read(family.id), { family, current, tagKey, parent: null, graceUntil: null })
  })

  test('keeps what is empty empty and what is absent absent', async ({ clients: [store] }) => {
    const { id } = await store.start(await newFamily({ scope: [], claims: {} }))
    const family = (await store.read(id))?.family
    assert.deepEqual(family?.scope, [])
    assert.deepEqual(family?.claims, {})
    assert.equal(Object.hasOwn(family ?? {}, 'clientId'), false)
  })

  test('knows nothing of a family that never began', async ({ clients: [store] }) => {
    const { id, sub, current } = await newFamily()
    assert.equal(await store.read(id), null)
    assert.equal(await store.end(id), false)
    assert.deepEqual(await store.endAll(sub), [])
    assert.deepEqual(await store.list(sub), [])
    assert.deepEqual(await store.rotate(rotation(id, current)), { outcome: 'unknown' })
  })

  test('ends a family for good', async ({ clients: [store] }) => {
    const { id, sub, current } = await begin(store)
    assert.equal(await store.end(id), true)
    assert.equal(await store.end(id), false)
    assert.equal(await store.read(id), null)
    assert.deepEqual(await store.list(sub), [])
    assert.deepEqual(await store.rotate(rotation(id, current)), { outcome: 'unknown' })
  })

  test('lists and ends the families of a subject, and of nobody else', async ({ clients: [store] }) => {
    const sub = newSubject()
    const [one, two, gone] = [await begin(store, { sub }), await begin(store, { sub }), await begin(store, { sub })]
    const other = await begin(store)
    await store.end(gone.id)
    const listed = await store.list(sub)
    assert.deepEqual(listed.map(({ id }) => id).sort(), [one.id, two.id].sort())
    assert.deepEqual([...(await store.endAll(sub))].sort(), [one.id, two.id].sort())
    assert.deepEqual(await store.endAll(sub), [])
    assert.equal(await store.read(one.id), null)
    assert.notEqual(await store.read(other.id), null)
  })

  test('a subject whose sessions were all ended can begin another', async ({ clients: [store] }) => {
    const sub = newSubject()
    await begin(store, { sub })
    await store.endAll(sub)
    const again = await begin(store, { sub })
    assert.deepEqual(
      (await store.list(sub)).map(({ id }) => id),
      [again.id],
    )
  })

  test('expires after the idle life', async ({ clients: [store], advance }) => {
    const { id, sub, current } = await begin(store)
    await advance(idleTtl - 1)
    assert.notEqual(await store.read(id), null)
    await advance(1)
    assert.equal(await store.read(id), null)
    assert.deepEqual(await store.list(sub), [])
    assert.deepEqual(await store.rotate(rotation(id, current)), { outcome: 'unknown' })
    assert.deepEqual(await store.endAll(sub), [])
    assert.equal(await store.end(id), false)
  })

  test('lives on by rotation, but never past the absolute end', async ({ clients: [store], advance }) => {
    const { id, current, absoluteEnd } = await begin(store)
    let presented = current
    for (let passed = 80; passed < absoluteTtl; passed += 80) {
      await advance(80)
      const step = rotation(id, presented)
      const result = await store.rotate(step)
      assert.equal(result.outcome, 'rotated', `after ${passed} seconds`)
      presented = step.successor
    }
    const family = (await store.read(id))?.family
    assertSeconds(family?.expiresAt ?? 0, absoluteEnd)
    await advance(10)
    assert.deepEqual(await store.rotate(rotation(id, presented)), { outcome: 'unknown' })
  })
}

async function begin(
  store: Parameters<Parameters<Contract['test']>[1]>[0]['clients'][0],
  change: Parameters<typeof newFamily>[0] = {},
): Promise<{ id: string; sub: string; current: string; absoluteEnd: number }> {
  const begun = await newFamily(change)
  const { absoluteEnd } = await store.start(begun)
  return { ...begun, absoluteEnd }
}

/** Databases keep times in their own precision. */
function assertSeconds(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 0.01, `${actual} seconds, and not ${expected}`)
}
