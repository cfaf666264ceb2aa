import { type SessionStore, StoreUnavailableError } from '../src/index.js'

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

  return {
    calls,
    fail: (next) => {
      fault = next
    },
    store: {
      start: (family) => answer('start', () => store.start(family)),
      read: (id) => answer('read', () => store.read(id)),
      rotate: (rotation) => answer('rotate', () => store.rotate(rotation)),
      end: (id) => answer('end', () => store.end(id)),
      endAll: (sub) => answer('endAll', () => store.endAll(sub)),
      list: (sub) => answer('list', () => store.list(sub)),
      prepare: () => answer('prepare', () => store.prepare()),
      keys: store.keys,
      revocations: {
        add: (ids, forSeconds) => answer('revoke', () => store.revocations.add(ids, forSeconds)),
        watch: (watcher) => answer('watch', () => store.revocations.watch(watcher)),
      },
    },
  }
}
