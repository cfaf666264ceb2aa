import { AuthError } from '@latchkey/core'
import type { Emit } from '@latchkey/core/adapter'
import type { SessionEvent } from '../events/events.js'
import { type FamilyStore, type SessionStore, StoreUnavailableError } from './session-store.js'

/** A store as the verbs see it: `AuthError` `store_unavailable` where it cannot be reached or is too slow. */
export interface GuardedStore extends FamilyStore {
  /** Adds to the revocation log. */
  revoke(ids: readonly string[], forSeconds: number): Promise<void>
}

/**
 * The one place where an unreachable store becomes a 503 and an event: `store_unavailable` once, `store_restored` with the
 * next success. Any other failure is a bug and passes through.
 *
 * @param deadline real seconds that a store has for an answer
 */
export function guardStore(store: SessionStore, emit: Emit<SessionEvent>, deadline = 3): GuardedStore {
  let available = true
  let changes = 0

  /** An operation begun before the last change tells what was before it: many are under way when a store fails or returns. */
  function found(nowAvailable: boolean, changesAtStart: number): void {
    if (nowAvailable === available || changesAtStart !== changes) return
    available = nowAvailable
    changes++
    emit({ type: nowAvailable ? 'store_restored' : 'store_unavailable' })
  }

  async function guarded<T>(operation: () => Promise<T>): Promise<T> {
    const changesAtStart = changes
    try {
      const result = await withDeadline(operation(), deadline)
      found(true, changesAtStart)
      return result
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error
      found(false, changesAtStart)
      throw new AuthError('store_unavailable')
    }
  }

  return {
    start: (family) => guarded(() => store.start(family)),
    read: (id) => guarded(() => store.read(id)),
    rotate: (rotation) => guarded(() => store.rotate(rotation)),
    end: (id) => guarded(() => store.end(id)),
    endAll: (sub) => guarded(() => store.endAll(sub)),
    list: (sub) => guarded(() => store.list(sub)),
    revoke: (ids, forSeconds) => guarded(() => store.revocations.add(ids, forSeconds)),
  }
}

/** What comes after the deadline is ignored: the client repeats its request, and the grace gives it the same successor. */
export function withDeadline<T>(result: Promise<T>, seconds: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new StoreUnavailableError()), seconds * 1000)
    result.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
