import type { Clock } from '@latchkey/core'

/**
 * Sessions that this process has started, which are over where no device is bound to them in time. A guard with immediate revocation
 * asks, since nobody may meet such a session at a refresh before its first access token has expired.
 */
export interface PendingBindings {
  /** Waits for a session to be bound, for so many seconds. */
  add(session: string, within: number): void
  /** It is bound, or over. */
  settled(session: string): void
  /** Whether its time has passed without a word that it was bound. */
  isOverdue(session: string): boolean
}

/** More wait in few apps; beyond that the oldest is met at its refresh, as without immediate revocation. */
const maxWaiting = 10_000

/**
 * Makes the list.
 *
 * @param settle asked once a session's time has passed, since another process may have bound it: ends it where it was not. Resolves
 *   once that is done
 */
export function createPendingBindings(clock: Clock, settle: (session: string) => Promise<void>): PendingBindings {
  const deadlines = new Map<string, number>()
  const settling = new Set<string>()

  function beginToSettle(session: string): void {
    if (settling.has(session)) return
    settling.add(session)
    // A store that cannot be reached says so by its own event; the session is asked about again.
    settle(session).then(
      () => {
        deadlines.delete(session)
        settling.delete(session)
      },
      () => settling.delete(session),
    )
  }

  return {
    add: (session, within) => {
      const [oldest] = deadlines.keys()
      if (deadlines.size >= maxWaiting && oldest !== undefined) deadlines.delete(oldest)
      deadlines.set(session, clock() + within)
      const timer = setTimeout(() => deadlines.has(session) && beginToSettle(session), (within + 1) * 1000)
      // Not known to the runtimes whose timers are numbers.
      if (typeof timer === 'object') timer.unref()
    },
    settled: (session) => {
      deadlines.delete(session)
    },
    isOverdue: (session) => {
      const deadline = deadlines.get(session)
      if (deadline === undefined || clock() <= deadline) return false
      beginToSettle(session)
      return true
    },
  }
}
