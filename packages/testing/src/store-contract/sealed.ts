import assert from 'node:assert/strict'
import { type Contract, countBy, idleTtl, inTurn, newFamily, rotation } from './harness.js'

/** Tests the app's own secrets in a session's record. */
export function testSealed({ test }: Contract): void {
  test('are read, and replaced by who knows them', async ({ clients: [store] }) => {
    const begun = await newFamily()
    await store.start(begun)
    const { id, current } = begun
    assert.equal(await store.readSealed(id), null)
    assert.equal(await store.replaceSealed(id, '', 'too early'), false)
    assert.equal(await store.replaceSealed(id, null, ''), true)
    assert.equal(await store.readSealed(id), '')
    assert.equal(await store.replaceSealed(id, null, 'late'), false)
    assert.equal(await store.replaceSealed(id, '', 'sealed ü'), true)
    await store.rotate(rotation(id, current))
    assert.equal(await store.readSealed(id), 'sealed ü')
    assert.equal(await store.replaceSealed(id, 'sealed ü', null), true)
    assert.equal(await store.readSealed(id), null)
  })

  test('of many replacements at once one is made', async ({ clients }) => {
    const begun = await newFamily({ sealed: 'first' })
    await clients[0].start(begun)
    const replaced = await Promise.all(
      inTurn(clients, 20).map((store, i) => store.replaceSealed(begun.id, 'first', `by ${i}`)),
    )
    assert.deepEqual(countBy(replaced, String), { true: 1, false: 19 })
    assert.equal(await clients[0].readSealed(begun.id), `by ${replaced.indexOf(true)}`)
  })

  test('go with the session', async ({ clients: [store], advance }) => {
    const ends = [
      async (id: string) => void (await store.end(id)),
      async (_: string, sub: string) => void (await store.endAll(sub)),
      async (_: string, sub: string) => void (await store.start(await newFamily({ sub, perSubject: 1 }))),
      async () => void (await advance(idleTtl)),
    ]
    for (const end of ends) {
      const begun = await newFamily({ sealed: 'secret' })
      await store.start(begun)
      await end(begun.id, begun.sub)
      assert.equal(await store.readSealed(begun.id), null)
      assert.equal(await store.replaceSealed(begun.id, 'secret', 'again'), false)
      assert.equal(await store.replaceSealed(begun.id, null, 'again'), false)
    }
  })
}
