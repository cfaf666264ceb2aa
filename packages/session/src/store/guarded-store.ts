import { AuthError } from '@latchkey/core'
import type { Emit } from '@latchkey/core/adapter'
import type { SessionEvent } from '../events/events.js'
import { withDeadline } from './kit/with-deadline.js'
import { type FamilyStore, StoreUnavailableError } from './session-store.js'

/**
 * A store as one verb sees it. It rejects with the `AuthError` `store_unavailable` if the store cannot be reached or is too
 * slow.
 */
export type GuardedStore = { readonly [Name in Exclude<keyof FamilyStore, 'revocations'>]: Bounded<FamilyStore[Name]> }

/** An operation without its last parameter `within`: the verb decides how long it waits. */
type Bounded<Operation> = Operation extends (...input: [...infer Input, within?: number]) => infer Result
  ? (...input: Input) => Result
  : never

/** Gives each verb the store with a deadline of its own. */
export type BeginWithStore = () => GuardedStore

/**
 * How long a verb waits for its store, for all steps together, in seconds of real time. Signing may wait half a second more for
 * a stored keyring, so the answer is sent within five seconds. The time of the app's own refresh hook comes on top.
 */
const storeTime = 4

/**
 * Turns an unreachable store into a 503 and an event: `store_unavailable` once, then `store_restored` with the next success.
 * Any other failure is a bug and passes through.
 */
export function guardStore(store: FamilyStore, emit: Emit<SessionEvent>): BeginWithStore {
  let available = true
  let changes = 0

  /** Notes whether the store works. An operation that began before the last change says nothing about the time after it. */
  function found(nowAvailable: boolean, changesAtStart: number): void {
    if (nowAvailable === available || changesAtStart !== changes) return
    available = nowAvailable
    changes++
    emit({ type: nowAvailable ? 'store_restored' : 'store_unavailable' })
  }

  return () => {
    let left = storeTime

    async function guarded<T>(operation: (within: number) => Promise<T>): Promise<T> {
      const [changesAtStart, began] = [changes, performance.now()]
      try {
        if (left <= 0) throw new StoreUnavailableError()
        const result = await withDeadline(operation(left), left)
        found(true, changesAtStart)
        return result
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error
        found(false, changesAtStart)
        throw new AuthError('store_unavailable')
      } finally {
        left -= (performance.now() - began) / 1000
      }
    }

    return {
      start: (family) => guarded((within) => store.start(family, within)),
      read: (id) => guarded((within) => store.read(id, within)),
      rotate: (rotation) => guarded((within) => store.rotate(rotation, within)),
      end: (id) => guarded((within) => store.end(id, within)),
      endAll: (sub) => guarded((within) => store.endAll(sub, within)),
      list: (sub) => guarded((within) => store.list(sub, within)),
      bind: (binding) => guarded((within) => store.bind(binding, within)),
      readSealed: (id) => guarded((within) => store.readSealed(id, within)),
      replaceSealed: (id, expected, next) => guarded((within) => store.replaceSealed(id, expected, next, within)),
    }
  }
}
