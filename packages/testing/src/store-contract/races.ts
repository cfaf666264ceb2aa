import assert from 'node:assert/strict'
import {
  assertGone,
  type Clients,
  type Contract,
  countBy,
  idsOf,
  inTurn,
  newFamily,
  newSubject,
  readLiving,
  rotation,
} from './harness.js'

const many = 60

/** Tests operations at the same time. */
export function testRaces({ test }: Contract): void {
  test('many rotations of one token: one successor, which all of them get', async ({ clients }) => {
    const { id, current } = await begin(clients)
    const results = await Promise.all(inTurn(clients, many).map((store) => store.rotate(rotation(id, current))))
    assert.deepEqual(
      countBy(results, ({ outcome }) => outcome),
      { rotated: 1, repeated: many - 1 },
    )
    const sealed = new Set(results.flatMap((result) => (result.outcome === 'repeated' ? [result.sealedSuccessor] : [])))
    const live = (await readLiving(clients[0], id)).current
    assert.deepEqual([...sealed], [`sealed ${live}`])
  })

  test('many rotations of one token without a grace: one successor', async ({ clients }) => {
    const { id, current } = await begin(clients)
    const results = await Promise.all(
      inTurn(clients, many).map((store) => store.rotate(rotation(id, current, { reuseGrace: 0 }))),
    )
    assert.deepEqual(
      countBy(results, ({ outcome }) => outcome),
      { rotated: 1, mismatch: many - 1 },
    )
  })

  test('many ends of one family: one found it alive', async ({ clients }) => {
    const { id } = await begin(clients)
    const ended = await Promise.all(inTurn(clients, many).map((store) => store.end(id)))
    assert.deepEqual(
      countBy(ended, (each) => each?.id ?? 'none'),
      { [id]: 1, none: many - 1 },
    )
  })

  test('rotations against an end: once it has returned nothing rotates', async ({ clients }) => {
    for (let round = 0; round < 10; round++) {
      const { id, current } = await begin(clients)
      const stores = inTurn(clients, 12)
      let over = false
      const ending = (stores.at(round) ?? clients[0]).end(id).then((found) => {
        over = true
        return found
      })
      const racing = stores.map(async (store) => {
        const begunAfter = over
        return { begunAfter, ...(await store.rotate(rotation(id, current))) }
      })
      assert.equal((await ending)?.id, id)
      assertGone(await clients[0].rotate(rotation(id, current)), 'ended')
      for (const { begunAfter, outcome } of await Promise.all(racing)) {
        if (begunAfter) assert.equal(outcome, 'gone')
        assert.notEqual(outcome, 'mismatch')
      }
      assertGone(await clients[0].read(id), 'ended')
    }
  })

  test('rotations and other ends against the end of all: each family ends once', async ({ clients }) => {
    for (let round = 0; round < 5; round++) {
      const sub = newSubject()
      const families = await Promise.all(Array.from({ length: 5 }, () => begin(clients, sub)))
      const [all, again, ends] = await Promise.all([
        clients[0].endAll(sub),
        (clients.at(-1) ?? clients[0]).endAll(sub),
        Promise.all(families.map(async ({ id }) => (await clients[0].end(id)) ?? [])),
        ...families.map(({ id, current }) => (clients.at(-1) ?? clients[0]).rotate(rotation(id, current))),
      ])
      const ended = idsOf([...all, ...again, ...ends.flat()])
      assert.deepEqual(ended.toSorted(), idsOf(families).toSorted())
      for (const { id } of families) assertGone(await clients[0].read(id), 'ended')
    }
  })

  test('log-ins that go on do not hold off the end of all', async ({ clients }) => {
    const sub = newSubject()
    const logIn = async (store: Clients[0]) => store.start(await newFamily({ sub, perSubject: 2000 }))
    const before = await Promise.all(inTurn(clients, 500).map(logIn))
    let isOver = false
    const goingOn = inTurn(clients, 4).map(async (store) => {
      while (!isOver) await logIn(store)
    })
    // Once: the first attempt succeeds, however many sessions there are.
    const ended = new Set(idsOf(await clients[0].endAll(sub)))
    isOver = true
    await Promise.all(goingOn)
    for (const { family } of before) assert.ok(ended.has(family.id))
    for (const { family } of before.slice(0, 10)) assertGone(await clients[0].read(family.id), 'ended')
  })

  test('many log-ins of one subject at once are all there', async ({ clients }) => {
    const sub = newSubject()
    await Promise.all(inTurn(clients, 20).map(async (store) => store.start(await newFamily({ sub }))))
    assert.equal((await clients[0].list(sub)).length, 20)
    assert.equal((await (clients.at(-1) ?? clients[0]).endAll(sub)).length, 20)
  })
}

async function begin([store]: Clients, sub: string = newSubject()): Promise<{ id: string; current: string }> {
  const begun = await newFamily({ sub })
  await store.start(begun)
  return begun
}
