import { type FamilyStore, type SessionStore, StoreUnavailableError } from '../src/index.js'

/** How a faulty store fails: it refuses, never answers, or throws a bug. */
export type Fault = 'none' | 'refuses' | 'hangs' | 'bug'

/** A store that fails on demand. `calls` counts what reached it. */
export function faultyStore(store: SessionStore): { store: SessionStore; fail(fault: Fault): void; calls: string[] } {
  let fault: Fault = 'none'
  const calls: string[] = []

  async function answer<T>(name: string, operation: () => Promise<T>): Promise<T> {
    calls.push(name)
    if (fault === 'refuses') throw new StoreUnavailableError(new Error('ECONNREFUSED'))
    if (fault === 'bug') throw new TypeError('a bug of the store')
    if (fault === 'hangs') return new Promise(() => {})
    return operation()
  }

  const faulty = (families: FamilyStore): FamilyStore => ({
    start: (...given) => answer('start', () => families.start(...given)),
    read: (...given) => answer('read', () => families.read(...given)),
    rotate: (...given) => answer('rotate', () => families.rotate(...given)),
    end: (...given) => answer('end', () => families.end(...given)),
    endAll: (...given) => answer('endAll', () => families.endAll(...given)),
    list: (...given) => answer('list', () => families.list(...given)),
    bind: (...given) => answer('bind', () => families.bind(...given)),
    readSealed: (...given) => answer('readSealed', () => families.readSealed(...given)),
    replaceSealed: (...given) => answer('replaceSealed', () => families.replaceSealed(...given)),
    revocations: { watch: (watcher) => answer('watch', () => families.revocations.watch(watcher)) },
  })

  return {
    calls,
    fail: (next) => {
      fault = next
    },
    store: {
      familiesOf: (issuer) => faulty(store.familiesOf(issuer)),
      prepare: () => answer('prepare', () => store.prepare()),
      keys: store.keys,
    },
  }
}

/** A store whose sessions do some things otherwise. */
export function changedStore(
  store: SessionStore,
  change: (families: FamilyStore) => Partial<FamilyStore>,
): SessionStore {
  return {
    ...store,
    familiesOf: (issuer) => {
      const families = store.familiesOf(issuer)
      return { ...families, ...change(families) }
    },
  }
}
