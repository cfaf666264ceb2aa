import assert from 'node:assert/strict'
import type { FamilyStore, NewFamily } from '@latchkey/session'
import {
  absoluteTtl,
  assertGone,
  assertSeconds,
  type Contract,
  idleTtl,
  idsOf,
  newFamily,
  newSubject,
  readLiving,
  rotation,
} from './harness.js'

/** Tests how families start, are read, are listed and end. */
export function testFamilies({ test }: Contract): void {
  test('gives a family back as it began, with its times', async ({ clients: [store] }) => {
    const claims = {
      text: 'ü "quoted" \\ \u{1f511}',
      list: [],
      nested: { empty: {}, none: null, yes: true },
      number: 1.5,
    }
    const begun = await newFamily({ clientId: 'app', scope: ['read', 'write:all'], claims, label: 'Phöne \ud800' })
    const { current, tagKey, idleTtl: _, absoluteTtl: __, accessTtl: ___, perSubject: ____, ...given } = begun
    const { family, evicted } = await store.start(begun)
    const { startedAt, refreshedAt, expiresAt, absoluteEnd, ...rest } = family
    assert.deepEqual(rest, given)
    assert.deepEqual(evicted, [])
    assert.equal(refreshedAt, startedAt)
    assertSeconds(expiresAt - startedAt, idleTtl)
    assertSeconds(absoluteEnd - startedAt, absoluteTtl)
    const none = { parent: null, graceUntil: null, challengeKey: null, deviceKey: null }
    assert.deepEqual(await store.read(family.id), { family, current, tagKey, ...none })
  })

  test('keeps what is empty empty and what is absent absent', async ({ clients: [store] }) => {
    const { id } = await begin(store, { scope: [], claims: {}, label: '' })
    const { family } = await readLiving(store, id)
    assert.deepEqual(family.scope, [])
    assert.deepEqual(family.claims, {})
    assert.equal(family.label, '')
    assert.equal(Object.hasOwn(family, 'clientId'), false)
  })

  test('knows nothing of a family that never began', async ({ clients: [store] }) => {
    const { id, sub, current } = await newFamily()
    assert.deepEqual(await store.read(id), { gone: 'unknown' })
    assert.equal(await store.end(id), null)
    assert.deepEqual(await store.endAll(sub), [])
    assert.deepEqual(await store.list(sub), [])
    assert.deepEqual(await store.rotate(rotation(id, current)), { outcome: 'gone', gone: 'unknown' })
  })

  test('ends a family for good', async ({ clients: [store] }) => {
    const { id, sub, current } = await begin(store)
    assert.equal((await store.end(id))?.id, id)
    assert.equal(await store.end(id), null)
    assertGone(await store.read(id), 'ended')
    assert.deepEqual(await store.list(sub), [])
    assertGone(await store.rotate(rotation(id, current)), 'ended')
  })

  test('lists and ends the families of a subject, and of nobody else', async ({ clients: [store] }) => {
    const sub = newSubject()
    const [one, two, gone] = [await begin(store, { sub }), await begin(store, { sub }), await begin(store, { sub })]
    const other = await begin(store)
    await store.end(gone.id)
    assert.deepEqual(idsOf(await store.list(sub)), [two.id, one.id])
    assert.deepEqual(idsOf(await store.endAll(sub)).toSorted(), [one.id, two.id].sort())
    assert.deepEqual(await store.endAll(sub), [])
    assertGone(await store.read(one.id), 'ended')
    assertGone(await store.rotate(rotation(one.id, one.current)), 'ended')
    await readLiving(store, other.id)
  })

  test('a subject whose sessions were all ended can begin another', async ({ clients: [store] }) => {
    const sub = newSubject()
    await begin(store, { sub })
    await store.endAll(sub)
    const again = await begin(store, { sub })
    assert.deepEqual(idsOf(await store.list(sub)), [again.id])
    assert.equal((await store.rotate(rotation(again.id, again.current))).outcome, 'rotated')
  })
}

/** Tests when families expire. */
export function testExpiry({ test }: Contract): void {
  test('expires after the idle life', async ({ clients: [store], advance }) => {
    const { id, sub, current } = await begin(store)
    await advance(idleTtl - 1)
    await readLiving(store, id)
    await advance(1)
    assertGone(await store.read(id), 'idle')
    assert.deepEqual(await store.list(sub), [])
    assertGone(await store.rotate(rotation(id, current)), 'idle')
    assert.deepEqual(await store.endAll(sub), [])
    assert.equal(await store.end(id), null)
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
    assertSeconds((await readLiving(store, id)).family.expiresAt, absoluteEnd)
    await advance(10)
    assertGone(await store.rotate(rotation(id, presented)), 'absolute')
  })
}

/** Tests the list of a subject's families. */
export function testLists({ test }: Contract): void {
  test('lists the one begun last first, refreshed or not', async ({ clients: [store], advance }) => {
    const sub = newSubject()
    const begun = [await begin(store, { sub }), await begin(store, { sub })]
    await advance(3)
    begun.push(await begin(store, { sub }), await begin(store, { sub, label: 'the last' }))
    await advance(4)
    const [first] = begun
    await store.rotate(rotation(first?.id ?? '', first?.current ?? ''))
    const listed = await store.list(sub)
    assert.deepEqual(idsOf(listed), idsOf(begun).toReversed())
    assert.equal(listed[0]?.label, 'the last')
    const { startedAt = 0, refreshedAt = 0 } = listed.at(-1) ?? {}
    assertSeconds(refreshedAt - startedAt, 7)
  })

  test('keeps subjects apart that a text of a database would confuse', async ({ clients: [store] }) => {
    const tail = newSubject()
    const subs = ['"', 'nul \0', 'lone \ud800', 'lone \udc00', 'lone \ufffd', 'long '.repeat(2000)].map(
      (sub) => sub + tail,
    )
    for (const sub of subs) await begin(store, { sub, clientId: sub })
    for (const sub of subs)
      assert.deepEqual(
        (await store.list(sub)).map((family) => [family.sub, family.clientId]),
        [[sub, sub]],
      )
    for (const sub of subs) assert.equal((await store.endAll(sub)).length, 1)
  })
}

async function begin(
  store: FamilyStore,
  change: Partial<NewFamily> = {},
): Promise<{ id: string; sub: string; current: string; absoluteEnd: number }> {
  const begun = await newFamily(change)
  const { family } = await store.start(begun)
  return { ...begun, absoluteEnd: family.absoluteEnd }
}
