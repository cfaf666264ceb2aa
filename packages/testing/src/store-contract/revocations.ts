import assert from 'node:assert/strict'
import type { FamilyStore, RevocationWatcher } from '@latchkey/session'
import { accessTtl, type Contract, idleTtl, newFamily, newSubject, reuseGrace, rotation } from './harness.js'

/** Within how many milliseconds every process knows of a revocation. */
const promised = 1000

/** Tests the list of families whose access tokens are refused. */
export function testRevocations({ test }: Contract): void {
  test('tells every watcher of what ends from now on', async ({ clients }) => {
    const watchers = clients.map(() => recorder())
    const stops = await Promise.all(clients.map(({ revocations }, i) => revocations.watch(watchers[i] ?? recorder())))
    const { id } = await begin(clients[0])
    const began = Date.now()
    await (clients.at(-1) ?? clients[0]).end(id)
    for (const { told } of watchers) await eventually(() => told.has(id))
    assert.ok(Date.now() - began < promised)
    for (const { told } of watchers) assert.equal(Math.round(told.get(id) ?? 0), accessTtl)
    await Promise.all(stops.map((stop) => stop()))
  })

  test('loads what has ended before, with what is left of its time', async ({ clients, advance }) => {
    const [early, late] = [await begin(clients[0]), await begin(clients[0], { accessTtl: 300 })]
    await clients[0].end(early.id)
    await clients[0].end(late.id)
    await advance(100)
    const told = await listed(clients.at(-1) ?? clients[0])
    assert.equal(told.has(early.id), false)
    assert.equal(Math.round(told.get(late.id) ?? 0), 200)
  })

  test('lasts until the last access token issued has expired, whoever issued it', async ({
    clients: [store],
    advance,
  }) => {
    const { id, current } = await begin(store, { accessTtl: 300 })
    await advance(40)
    await store.rotate(rotation(id, current, { accessTtl: 20 }))
    const ended = await store.end(id)
    assert.equal(Math.round(ended?.revokeFor ?? 0), 260)
    assert.equal(Math.round((await listed(store)).get(id) ?? 0), 260)
  })

  test('counts the access token that a repeated rotation gave out', async ({ clients: [store], advance }) => {
    const { id, current } = await begin(store)
    await store.rotate(rotation(id, current))
    await advance(reuseGrace - 1)
    assert.equal((await store.rotate(rotation(id, current, { accessTtl: 500 }))).outcome, 'repeated')
    assert.equal(Math.round((await store.end(id))?.revokeFor ?? 0), 500)
  })

  test('has all of a subject, each for its own time, and nobody else', async ({ clients: [store], advance }) => {
    const sub = newSubject()
    const other = await begin(store)
    const one = await begin(store, { sub, accessTtl: 300 })
    await advance(10)
    const two = await begin(store, { sub })
    const ended = new Map((await store.endAll(sub)).map(({ id, revokeFor }) => [id, Math.round(revokeFor)]))
    assert.deepEqual([ended.size, ended.get(one.id), ended.get(two.id)], [2, 290, accessTtl])
    const told = await listed(store)
    assert.equal(Math.round(told.get(one.id) ?? 0), 290)
    assert.equal(Math.round(told.get(two.id) ?? 0), accessTtl)
    assert.equal(told.has(other.id), false)
  })

  test('does not have what ended by itself, or was never there', async ({ clients: [store], advance }) => {
    const { id } = await begin(store, { accessTtl: 1000 })
    await advance(idleTtl)
    await store.end(id)
    const unknown = (await newFamily()).id
    await store.end(unknown)
    const told = await listed(store)
    assert.deepEqual([told.has(id), told.has(unknown)], [false, false])
  })

  test('tells nothing more once it was stopped', async ({ clients: [store] }) => {
    const [stopped, other] = [recorder(), recorder()]
    const stop = await store.revocations.watch(stopped)
    const stopOther = await store.revocations.watch(other)
    await stop()
    const { id } = await begin(store)
    await store.end(id)
    await eventually(() => other.told.has(id))
    assert.equal(stopped.told.has(id), false)
    await stopOther()
  })
}

async function begin(
  store: FamilyStore,
  change: Parameters<typeof newFamily>[0] = {},
): Promise<{ id: string; current: string }> {
  const begun = await newFamily(change)
  await store.start(begun)
  return begun
}

/** Gives what is on the list now. */
async function listed(store: FamilyStore): Promise<ReadonlyMap<string, number>> {
  const watcher = recorder()
  const stop = await store.revocations.watch(watcher)
  await stop()
  return watcher.told
}

interface Recorder extends RevocationWatcher {
  readonly told: Map<string, number>
}

function recorder(): Recorder {
  const told = new Map<string, number>()
  return { told, revoked: (id, forSeconds) => void told.set(id, forSeconds), unsure: () => {}, sure: () => {} }
}

/** Waits in real time until another connection has brought something. */
async function eventually(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5 * promised
  while (!condition()) {
    assert.ok(Date.now() < deadline, 'The revocation did not arrive.')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
