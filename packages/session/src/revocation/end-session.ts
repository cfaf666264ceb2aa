import type { Emit } from '@latchkey/core/adapter'
import type { SessionEndedEvent, SessionEvent } from '../events/events.js'
import type { GuardedStore } from '../store/guarded-store.js'
import type { RevocationList } from './revocation-list.js'

/** Ends sessions, and with immediate revocation their access tokens first. */
export interface EndSession {
  /** Ends one; does nothing where it is over already. */
  one(id: string, reason: SessionEndedEvent['reason']): Promise<void>
  /** Ends all that a subject has begun before the call. */
  allOf(sub: string): Promise<void>
}

/** What `createEndSession` needs to know. */
export interface EndSessionContext {
  readonly store: GuardedStore
  readonly emit: Emit<SessionEvent>
  /** The list of revoked sessions; undefined: access tokens live until they expire. */
  readonly revocations: RevocationList | undefined
  /** Seconds after which no access token of an ended session can still be accepted. */
  readonly revokeFor: number
}

/**
 * Composes the ending. Revoked first, ended second: a process that dies in between leaves a session whose access tokens are
 * refused and that can be ended again, never an ended one whose tokens still pass.
 */
export function createEndSession({ store, emit, revocations, revokeFor }: EndSessionContext): EndSession {
  async function revoke(ids: readonly string[]): Promise<void> {
    if (revocations === undefined || ids.length === 0) return
    await store.revoke(ids, revokeFor)
    revocations.add(ids, revokeFor)
  }

  return {
    one: async (id, reason) => {
      await revoke([id])
      if (!(await store.end(id))) return
      if (reason === 'reuse') emit({ type: 'refresh_reused', family: id })
      emit({ type: 'session_ended', family: id, reason })
    },
    allOf: async (sub) => {
      const listed = new Set(revocations === undefined ? [] : (await store.list(sub)).map(({ id }) => id))
      await revoke([...listed])
      const ended = await store.endAll(sub)
      // Begun between the two steps.
      await revoke(ended.filter((id) => !listed.has(id)))
      for (const family of ended) emit({ type: 'session_ended', family, reason: 'end_all' })
    },
  }
}
