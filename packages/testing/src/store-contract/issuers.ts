import assert from 'node:assert/strict'
import { assertGone, type Contract, idsOf, issuer, newFamily, readLiving, rotation } from './harness.js'

/** Tests that a session belongs to its issuer. For another issuer it does not exist. */
export function testIssuers({ test }: Contract): void {
  test('to another issuer a family does not exist', async ({ stores: [store], clients: [ours] }) => {
    const theirs = store.familiesOf(`${issuer}/`)
    const begun = await newFamily({ sealed: 'secret' })
    await ours.start(begun)
    const before = await readLiving(ours, begun.id)
    assert.deepEqual(await theirs.read(begun.id), { gone: 'unknown' })
    assert.deepEqual(await theirs.rotate(rotation(begun.id, begun.current)), { outcome: 'gone', gone: 'unknown' })
    assert.equal(await theirs.end(begun.id), null)
    assert.deepEqual(await theirs.endAll(begun.sub), [])
    assert.deepEqual(await theirs.list(begun.sub), [])
    assert.equal(await theirs.bind({ id: begun.id, deviceKey: 'key', within: 60 }), 'gone')
    assert.equal(await theirs.readSealed(begun.id), null)
    assert.equal(await theirs.replaceSealed(begun.id, 'secret', 'other'), false)
    assert.deepEqual(await readLiving(ours, begun.id), before)
    assert.equal(await ours.readSealed(begun.id), 'secret')
  })

  test('each ends and counts its own', async ({ stores: [store], clients: [ours] }) => {
    const theirs = store.familiesOf('https://other.example')
    const one = await newFamily({ perSubject: 1 })
    const other = await newFamily({ perSubject: 1, sub: one.sub })
    await ours.start(one)
    assert.deepEqual((await theirs.start(other)).evicted, [])
    await ours.start(await newFamily({ sub: one.sub }))
    // This is the second of theirs, and the fourth in all.
    const another = await newFamily({ perSubject: 2, sub: one.sub })
    assert.deepEqual((await theirs.start(another)).evicted, [])
    assert.deepEqual(idsOf(await theirs.endAll(one.sub)).toSorted(), [other.id, another.id].toSorted())
    assertGone(await theirs.read(other.id), 'ended')
    await readLiving(ours, one.id)
  })

  test('is told of its own revocations alone', async ({ stores: [store], clients: [ours] }) => {
    const theirs = store.familiesOf('https://other.example')
    const [one, other] = [await newFamily(), await newFamily()]
    await ours.start(one)
    await theirs.start(other)
    await ours.end(one.id)
    await theirs.end(other.id)
    const told: string[] = []
    const stop = await theirs.revocations.watch({
      revoked: (id) => void told.push(id),
      unsure: () => {},
      sure: () => {},
    })
    await stop()
    assert.deepEqual(told, [other.id])
  })
}
