import assert from 'node:assert/strict'
import type { FamilyStore } from '@latchkey/session'
import fc from 'fast-check'
import { type Contract, idsOf, newFamily, newHash, newSubject, type OpenStore, rotation } from './harness.js'
import { apply, type ModelState, type Operation } from './model.js'

/** What one client does. */
interface Action {
  readonly kind: 'start' | 'refresh' | 'end' | 'endAll' | 'bind' | 'read' | 'list'
  readonly client: number
  /** Which of the subject's families, the newest first. */
  readonly family: number
  /** Which of its tokens: 0 is the live one, 1 its parent, and so on; -1 is one that was never issued. */
  readonly token: number
}

/** Time passes, or some clients act at the same time. */
type Step = { readonly advance: number } | { readonly together: readonly Action[] }

const action: fc.Arbitrary<Action> = fc.record({
  kind: fc.constantFrom<Action['kind'][]>(
    'start',
    'refresh',
    'refresh',
    'refresh',
    'end',
    'endAll',
    'bind',
    'read',
    'list',
  ),
  client: fc.nat(7),
  family: fc.nat(1),
  token: fc.constantFrom(0, 0, 0, 1, 1, 2, 3, -1),
})

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ advance: fc.constantFrom(1, 4, 9, 10, 11, 99, 100) }) },
  { weight: 3, arbitrary: fc.record({ together: fc.array(action, { minLength: 1, maxLength: 4 }) }) },
)

/** Tests random schedules of several clients, and compares the results with a model without concurrency. */
export function testSchedules({ test, runs }: Contract): void {
  test(`${runs} schedules of start, refresh, bind, end and endAll are each explained by some order`, async (store) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 20 }), (steps) => new Schedule(store).run(steps)),
      { numRuns: runs },
    )
  })
}

/** Runs a schedule for a subject of its own. */
class Schedule {
  readonly #store: OpenStore
  readonly #sub = newSubject()
  /** The hashes of each family, the newest first. */
  readonly #issued = new Map<string, string[]>()
  /** All states that are possible after the results so far. */
  #possible: readonly ModelState[] = [new Map()]
  #now = 0

  constructor(store: OpenStore) {
    this.#store = store
  }

  async run(steps: readonly Step[]): Promise<void> {
    await this.#together([{ kind: 'start', client: 0, family: 0, token: 0 }])
    for (const each of steps) {
      if ('advance' in each) {
        await this.#store.advance(each.advance)
        this.#now += each.advance
      } else await this.#together(each.together)
    }
  }

  /** Runs operations at the same time. Their results must be those of some order of them (linearizability). */
  async #together(actions: readonly Action[]): Promise<void> {
    const operations = await Promise.all(actions.map((each) => this.#operation(each)))
    const { clients } = this.#store
    const results = await Promise.all(
      operations.map((operation, i) =>
        perform(clients[(actions[i]?.client ?? 0) % clients.length] ?? clients[0], operation),
      ),
    )
    const done = operations.map((operation, i) => ({ operation, result: results[i] ?? '' }))
    const explained = this.#possible.flatMap((state) => orders(state, done, this.#now))
    assert.notEqual(explained.length, 0, `No order explains these: ${JSON.stringify(done, null, 2)}`)
    this.#possible = distinct(explained)
    for (const { operation, result } of done) {
      if (operation.type === 'rotate' && result === 'rotated') {
        this.#issued.get(operation.rotation.id)?.unshift(operation.rotation.successor)
      }
    }
  }

  async #operation({ kind, family, token }: Action): Promise<Operation> {
    const id = [...this.#issued.keys()].reverse().at(family) ?? [...this.#issued.keys()].at(-1)
    if (kind === 'start' || id === undefined) {
      const begun = await newFamily({ sub: this.#sub, perSubject: 3 })
      this.#issued.set(begun.id, [begun.current])
      return { type: 'start', family: begun }
    }
    if (kind === 'endAll' || kind === 'list') return { type: kind, sub: this.#sub }
    if (kind !== 'refresh') return { type: kind, id }
    return { type: 'rotate', rotation: rotation(id, this.#issued.get(id)?.[token] ?? newHash()) }
  }
}

async function perform(store: FamilyStore, operation: Operation): Promise<string> {
  switch (operation.type) {
    case 'start':
      return `evicted ${sorted((await store.start(operation.family)).evicted)}`
    case 'rotate': {
      const result = await store.rotate(operation.rotation)
      return result.outcome === 'repeated' ? `repeated ${result.sealedSuccessor}` : result.outcome
    }
    case 'end':
      return String((await store.end(operation.id)) !== null)
    case 'bind':
      return store.bind({ id: operation.id, deviceKey: 'key', within: 1000 })
    case 'endAll':
      return sorted(await store.endAll(operation.sub))
    case 'read': {
      const record = await store.read(operation.id)
      return 'gone' in record ? 'none' : `${record.current} after ${record.parent}`
    }
    case 'list':
      return sorted(await store.list(operation.sub))
  }
}

function sorted(families: readonly { readonly id: string }[]): string {
  return idsOf(families).toSorted().join(' ')
}

interface Done {
  readonly operation: Operation
  readonly result: string
}

/** Gives the states after every order of the operations that explains their results. */
function orders(state: ModelState, done: readonly Done[], now: number): readonly ModelState[] {
  if (done.length === 0) return [state]
  return done.flatMap(({ operation, result }, i) => {
    const [after, expected] = apply(state, operation, now)
    return expected === result ? orders(after, done.toSpliced(i, 1), now) : []
  })
}

function distinct(states: readonly ModelState[]): readonly ModelState[] {
  const byText = new Map(states.map((state) => [JSON.stringify([...state]), state]))
  return [...byText.values()]
}
