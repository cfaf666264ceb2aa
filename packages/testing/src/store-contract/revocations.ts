import assert from 'node:assert/strict'
import type { RevocationWatcher } from '@latchkey/session'
import { type Contract, newFamily } from './harness.js'

/** Within this many milliseconds every node knows of a revocation. */
const promised = 1000

/** The list of families whose access tokens are refused. */
export function testRevocations({ test }: Contract): void {
  test('tells every watcher of what is revoked from now on', async ({ clients }) => {
    const watchers = clients.map(() => recorder())
    const stops = await Promise.all(clients.map(({ revocations }, i) => revocations.watch(watchers[i] ?? recorder())))
    const { id } = await newFamily()
    const began = Date.now()
    await (clients.at(-1) ?? clients[0]).revocations.add([id], 60)
    for (const { told } of watchers) await eventually(() => told.has(id))
    assert.ok(Date.now() - began < promised)
    for (const { told } of watchers) assert.equal(Math.round(told.get(id) ?? 0), 60)
    await Promise.all(stops.map((stop) => stop()))
  })

  test('loads what was revoked before, with what is left of its time', async ({ clients, advance }) => {
    const [early, late] = [(await newFamily()).id, (await newFamily()).id]
    await clients[0].revocations.add([early], 60)
    await clients[0].revocations.add([late], 300)
    await advance(100)
    const watcher = recorder()
    const stop = await (clients.at(-1) ?? clients[0]).revocations.watch(watcher)
    assert.equal(watcher.told.has(early), false)
    assert.equal(Math.round(watcher.told.get(late) ?? 0), 200)
    await stop()
  })

  test('keeps the longer time of a family that is revoked twice', async ({ clients: [store], advance }) => {
    const { id } = await newFamily()
    await store.revocations.add([id], 300)
    await store.revocations.add([id], 60)
    await advance(100)
    const watcher = recorder()
    const stop = await store.revocations.watch(watcher)
    assert.equal(Math.round(watcher.told.get(id) ?? 0), 200)
    await stop()
  })

  test('takes many at once, and none', async ({ clients: [store] }) => {
    const ids = await Promise.all(Array.from({ length: 50 }, async () => (await newFamily()).id))
    await store.revocations.add([], 60)
    await store.revocations.add(ids, 60)
    const watcher = recorder()
    const stop = await store.revocations.watch(watcher)
    assert.ok(ids.every((id) => watcher.told.has(id)))
    await stop()
  })

  test('tells nothing more once it was stopped', async ({ clients: [store] }) => {
    const [stopped, other] = [recorder(), recorder()]
    const stop = await store.revocations.watch(stopped)
    const stopOther = await store.revocations.watch(other)
    await stop()
    const { id } = await newFamily()
    await store.revocations.add([id], 60)
    await eventually(() => other.told.has(id))
    assert.equal(stopped.told.has(id), false)
    await stopOther()
  })
}

interface Recorder extends RevocationWatcher {
  readonly told: Map<string, number>
}

function recorder(): Recorder {
  const told = new Map<string, number>()
  return { told, revoked: (id, forSeconds) => void told.set(id, forSeconds), unsure: () => {}, sure: () => {} }
}

/** Waits for what another connection brings, in real time. */
async function eventually(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5 * promised
  while (!condition()) {
    assert.ok(Date.now() < deadline, 'The revocation did not arrive.')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
