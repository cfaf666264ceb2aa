import type { Emit } from '@latchkey/core/adapter'
import type { SessionEndReason, SessionEvent } from '../events/events.js'
import type { GuardedStore } from '../store/guarded-store.js'
import type { Ended } from '../store/session-store.js'
import type { RevocationList } from './revocation-list.js'

/** Ends sessions and says so. */
export interface EndSession {
  /** Ends one. False where it was over already. */
  one(store: GuardedStore, id: string, reason: SessionEndReason): Promise<boolean>
  /** Ends all that a subject has begun before the call. */
  allOf(store: GuardedStore, sub: string): Promise<void>
  /** Says of sessions that a store has ended what is to be said: to this process's list, and by an event each. */
  tell(ended: readonly Ended[], reason: SessionEndReason): void
  /** Whether this process found that no device was bound to it in time, and ended it: a store that has ended it may not know why. */
  wasUnbound(id: string): boolean
}

/** Unbound sessions whose end is remembered; of an older one it is only said that it ended, or is unknown. */
const maxUnbound = 10_000

/**
 * Composes the ending. The store writes what it ends to the revocation log, whoever ends it; this process does not wait to hear
 * of it from there.
 *
 * @param revocations the list of revoked sessions; undefined: access tokens live until they expire
 */
export function createEndSession(emit: Emit<SessionEvent>, revocations: RevocationList | undefined): EndSession {
  const unbound = new Set<string>()

  function rememberUnbound(id: string): void {
    const [oldest] = unbound
    if (unbound.size >= maxUnbound && oldest !== undefined) unbound.delete(oldest)
    unbound.add(id)
  }

  function tell(ended: readonly Ended[], reason: SessionEndReason): void {
    for (const { id: session, revokeFor } of ended) {
      revocations?.add(session, revokeFor)
      if (reason === 'reuse') emit({ type: 'refresh_reused', session })
      emit({ type: 'session_ended', session, reason })
    }
  }

  return {
    one: async (store, id, reason) => {
      const ended = await store.end(id)
      if (reason === 'unbound') rememberUnbound(id)
      if (ended === null) return false
      tell([ended], reason)
      return true
    },
    allOf: async (store, sub) => tell(await store.endAll(sub), 'end_all'),
    tell,
    wasUnbound: (id) => unbound.has(id),
  }
}
