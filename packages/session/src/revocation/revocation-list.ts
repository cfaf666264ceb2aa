import type { Clock, RegisteredClaims } from '@latchkey/core'
import type { Emit } from '@latchkey/core/adapter'
import type { SessionEvent } from '../events/events.js'
import {
  type Ended,
  type RevocationLog,
  type RevocationWatcher,
  StoreUnavailableError,
} from '../store/session-store.js'

/** The sessions whose access tokens are refused before they expire, as this process knows them. */
export interface RevocationList {
  /** For core's `isRevoked`: a look-up in memory. `unsure` while entries may be missing. */
  isRevoked(claims: RegisteredClaims): boolean | 'unsure'
  /** Adds what this process itself has revoked, without waiting for the store's word. */
  add(ended: readonly Ended[]): void
  /** Resolves once the list is loaded. */
  ready(): Promise<void>
  /** Stops following the log. */
  close(): Promise<void>
}

/** Real seconds between two attempts to follow a log that cannot be reached. */
const retryAfter = 1

/**
 * Follows a store's revocation log in memory, from now on. Until it is loaded, and whenever entries may be missing, nobody
 * can say that a token is not revoked.
 */
export function followRevocations(
  log: Pick<RevocationLog, 'watch'>,
  clock: Clock,
  emit: Emit<SessionEvent>,
): RevocationList {
  const until = new Map<string, number>()
  let isSure = false
  // Whether the connection was lost since the last attempt to follow began.
  let isLost = false
  let reported = false
  let closed = false
  let stop: (() => Promise<void>) | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  function add(id: string, forSeconds: number): void {
    const now = clock()
    for (const [known, end] of until) {
      // Entries stand in the order in which they came, nearly all with the same time to live.
      if (now < end) break
      until.delete(known)
    }
    until.set(id, Math.max(until.get(id) ?? 0, now + forSeconds))
  }

  function reportUnsure(): 'unsure' {
    if (!reported) emit({ type: 'revocation_unsure' })
    reported = true
    return 'unsure'
  }

  const watcher: RevocationWatcher = {
    revoked: add,
    unsure: () => {
      isSure = false
      isLost = true
      reportUnsure()
    },
    sure: () => {
      isSure = true
      isLost = false
      reported = false
    },
  }

  async function follow(): Promise<void> {
    isLost = false
    const stopWatching = await log.watch(watcher)
    if (closed) return stopWatching()
    stop = stopWatching
    if (!isLost) watcher.sure()
  }

  function followUntilItWorks(): Promise<void> {
    const attempt = follow()
    attempt.catch((error: unknown) => {
      if (!(error instanceof StoreUnavailableError)) throw error
      reportUnsure()
      if (closed) return
      timer = setTimeout(() => {
        loaded = followUntilItWorks()
      }, retryAfter * 1000)
      // Not a reason to keep the process alive.
      timer.unref?.()
    })
    return attempt
  }

  let loaded = followUntilItWorks()

  return {
    isRevoked: (claims) => {
      const { sid } = claims as { readonly sid?: unknown }
      if (typeof sid !== 'string') return true
      const end = until.get(sid)
      if (end !== undefined && clock() < end) return true
      return isSure ? false : reportUnsure()
    },
    add: (ended) => {
      for (const { id, revokeFor } of ended) add(id, revokeFor)
    },
    ready: () => loaded,
    close: async () => {
      closed = true
      clearTimeout(timer)
      await stop?.()
    },
  }
}
