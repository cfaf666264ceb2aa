import type { Clock } from '@latchkey/core'

/**
 * The sessions that this process has started and that end if no device is bound to them in time. With immediate revocation,
 * guards ask this list: such a session may not be refreshed before its first access token has expired, so nobody else would
 * notice its end.
 */
export interface PendingBindings {
  /** Waits for a session to be bound, for that many seconds. */
  add(session: string, within: number): void
  /** Notes that a session is bound or has ended. */
  settled(session: string): void
  /** Whether a session's time has passed, and this process does not know that it was bound. */
  isOverdue(session: string): boolean
}

/** Few apps have more at a time. Beyond that, the oldest ends only at its refresh, as without immediate revocation. */
const maxWaiting = 10_000

/**
 * Makes the list.
 *
 * @param settle is called at half of a session's time, because another process may have bound it, and when its time has passed.
 * It ends a session that nobody has bound in time. It resolves to true if there is nothing more to wait for
 */
export function createPendingBindings(clock: Clock, settle: (session: string) => Promise<boolean>): PendingBindings {
  const deadlines = new Map<string, number>()
  const settling = new Set<string>()

  function beginToSettle(session: string): void {
    if (settling.has(session)) return
    settling.add(session)
    // If the store cannot be reached, there is an event for that, and the session is tried again later.
    settle(session).then(
      (isSettled) => {
        if (isSettled) deadlines.delete(session)
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
      for (const seconds of [within / 2, within + 1]) {
        const timer = setTimeout(() => deadlines.has(session) && beginToSettle(session), seconds * 1000)
        // Some runtimes give a number, which has no such method.
        timer.unref?.()
      }
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
