import type { Emit } from '@latchkey/core/adapter'
import type { SessionEndReason, SessionEvent } from '../events/events.js'
import type { GuardedStore } from '../store/guarded-store.js'
import type { Ended } from '../store/session-store.js'
import type { RevocationList } from './revocation-list.js'

/** Ends sessions and reports it. */
export interface EndSession {
  /** Ends one session. False if it was over already. */
  one(store: GuardedStore, id: string, reason: SessionEndReason): Promise<boolean>
  /** Ends all sessions that a subject has started before the call. */
  allOf(store: GuardedStore, sub: string): Promise<void>
  /**
   * Reports sessions that a store has ended: to the list of this process, and with an event for each. One to which no device
   * was bound in time has that reason, whatever ended it.
   */
  tell(ended: readonly Ended[], reason: SessionEndReason): void
  /** Whether this process has ended the session because no device was bound in time. The store may not know the reason. */
  wasUnbound(id: string): boolean
}

/** How many sessions that ended unbound are remembered. An older one is only reported as ended or unknown. */
const maxUnbound = 10_000

/**
 * Makes the functions that end sessions. The store writes each ended session to the revocation log. This process does not wait
 * for the log: it adds the session to its own list at once.
 *
 * @param revocations the list of revoked sessions; undefined: access tokens are good until they expire
 */
export function createEndSession(emit: Emit<SessionEvent>, revocations: RevocationList | undefined): EndSession {
  const unbound = new Set<string>()

  function rememberUnbound(id: string): void {
    const [oldest] = unbound
    if (unbound.size >= maxUnbound && oldest !== undefined) unbound.delete(oldest)
    unbound.add(id)
  }

  function tell(ended: readonly Ended[], reason: SessionEndReason): void {
    for (const { id: session, revokeFor, unbound: wasUnbound } of ended) {
      revocations?.add(session, revokeFor)
      if (wasUnbound) rememberUnbound(session)
      else if (reason === 'reuse') emit({ type: 'refresh_reused', session })
      emit({ type: 'session_ended', session, reason: wasUnbound ? 'unbound' : reason })
    }
  }

  return {
    one: async (store, id, reason) => {
      // Before the store ends it: a refresh at the same time may find it gone already.
      if (reason === 'unbound') rememberUnbound(id)
      const ended = await store.end(id)
      if (ended === null) return false
      tell([ended], reason)
      return !ended.unbound
    },
    allOf: async (store, sub) => tell(await store.endAll(sub), 'end_all'),
    tell,
    wasUnbound: (id) => unbound.has(id),
  }
}
