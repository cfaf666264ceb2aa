import assert from 'node:assert/strict'
import { type Contract, countBy, inTurn } from './harness.js'

/** Tests the key store: one record, which can be replaced only with its version. */
export function testKeys({ test }: Contract): void {
  test('counts the versions of its record from 1', async ({ stores: [store] }) => {
    const { keys } = store
    assert.equal(await keys.read(), null)
    assert.equal(await keys.write(0, 'first'), true)
    assert.deepEqual(await keys.read(), { version: 1, sealed: 'first' })
    assert.equal(await keys.write(1, 'second'), true)
    assert.deepEqual(await keys.read(), { version: 2, sealed: 'second' })
  })

  test('does not replace a version that is not the expected one', async ({ stores: [store] }) => {
    const { keys } = store
    assert.equal(await keys.write(1, 'too early'), false)
    assert.equal(await keys.read(), null)
    await keys.write(0, 'first')
    assert.equal(await keys.write(0, 'too late'), false)
    assert.equal(await keys.write(2, 'too early'), false)
    assert.deepEqual(await keys.read(), { version: 1, sealed: 'first' })
  })

  test('lets exactly one of many be first, each time', async ({ stores }) => {
    for (let version = 0; version < 5; version++) {
      const written = await Promise.all(inTurn(stores, 30).map(({ keys }, i) => keys.write(version, `by ${i}`)))
      assert.deepEqual(countBy(written, String), { true: 1, false: 29 })
      assert.deepEqual(await (stores.at(-1) ?? stores[0]).keys.read(), {
        version: version + 1,
        sealed: `by ${written.indexOf(true)}`,
      })
    }
  })
}
