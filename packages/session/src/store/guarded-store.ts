import { AuthError } from '@latchkey/core'
import type { Emit } from '@latchkey/core/adapter'
import type { SessionEvent } from '../events/events.js'
import { defaultWithin, withDeadline } from './kit/with-deadline.js'
import { type FamilyStore, StoreUnavailableError } from './session-store.js'

/** A store as the verbs see it: `AuthError` `store_unavailable` where it cannot be reached or is too slow. */
export type GuardedStore = Omit<FamilyStore, 'revocations'>

/**
 * The one place where an unreachable store becomes a 503 and an event: `store_unavailable` once, `store_restored` with the
 * next success. Any other failure is a bug and passes through.
 */
export function guardStore(store: FamilyStore, emit: Emit<SessionEvent>): GuardedStore {
  let available = true
  let changes = 0

  /** An operation begun before the last change tells what was before it: many are under way when a store fails or returns. */
  function found(nowAvailable: boolean, changesAtStart: number): void {
    if (nowAvailable === available || changesAtStart !== changes) return
    available = nowAvailable
    changes++
    emit({ type: nowAvailable ? 'store_restored' : 'store_unavailable' })
  }

  async function guarded<T>(within: number | undefined, operation: (within: number) => Promise<T>): Promise<T> {
    const changesAtStart = changes
    const seconds = within ?? defaultWithin
    try {
      const result = await withDeadline(operation(seconds), seconds)
      found(true, changesAtStart)
      return result
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error
      found(false, changesAtStart)
      throw new AuthError('store_unavailable')
    }
  }

  return {
    start: (family, within) => guarded(within, (left) => store.start(family, left)),
    read: (id, within) => guarded(within, (left) => store.read(id, left)),
    rotate: (rotation, within) => guarded(within, (left) => store.rotate(rotation, left)),
    end: (id, within) => guarded(within, (left) => store.end(id, left)),
    endAll: (sub, within) => guarded(within, (left) => store.endAll(sub, left)),
    list: (sub, within) => guarded(within, (left) => store.list(sub, left)),
    bind: (binding, within) => guarded(within, (left) => store.bind(binding, left)),
    readSealed: (id, within) => guarded(within, (left) => store.readSealed(id, left)),
    replaceSealed: (id, expected, next, within) =>
      guarded(within, (left) => store.replaceSealed(id, expected, next, left)),
  }
}
