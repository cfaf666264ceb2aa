import type { Emit } from '@latchkey/core/adapter'
import type { SessionEndedEvent, SessionEvent } from '../events/events.js'
import type { GuardedStore } from '../store/guarded-store.js'
import type { Ended } from '../store/session-store.js'
import type { RevocationList } from './revocation-list.js'

/** Ends sessions, and with immediate revocation their access tokens too. */
export interface EndSession {
  /** Ends one; does nothing where it is over already. */
  one(id: string, reason: SessionEndedEvent['reason']): Promise<void>
  /** Ends all that a subject has begun before the call. */
  allOf(sub: string): Promise<void>
  /** Says of sessions that have ended what is to be said: to this process's list, and by an event each. */
  tell(ended: readonly Ended[], reason: SessionEndedEvent['reason']): void
}

/** What `createEndSession` needs to know. */
export interface EndSessionContext {
  readonly store: GuardedStore
  readonly emit: Emit<SessionEvent>
  /** The list of revoked sessions; undefined: access tokens live until they expire. */
  readonly revocations: RevocationList | undefined
}

/** Composes the ending. The store writes what it ends to the revocation log; this process need not wait to hear of it. */
export function createEndSession({ store, emit, revocations }: EndSessionContext): EndSession {
  function tell(ended: readonly Ended[], reason: SessionEndedEvent['reason']): void {
    revocations?.add(ended)
    for (const { id: family } of ended) {
      if (reason === 'reuse') emit({ type: 'refresh_reused', family })
      emit({ type: 'session_ended', family, reason })
    }
  }

  return {
    one: async (id, reason) => {
      const ended = await store.end(id)
      if (ended !== null) tell([ended], reason)
    },
    allOf: async (sub) => tell(await store.endAll(sub), 'end_all'),
    tell,
  }
}
