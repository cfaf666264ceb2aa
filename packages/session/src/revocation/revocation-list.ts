import type { Clock, RegisteredClaims } from '@latchkey/core'
import type { Emit } from '@latchkey/core/adapter'
import type { SessionEvent } from '../events/events.js'
import type { RevocationLog, RevocationWatcher } from '../store/session-store.js'

/** The sessions whose access tokens are refused before they expire, as this process knows them. */
export interface RevocationList {
  /** For core's `isRevoked`: a look-up in memory. `unsure` while entries may be missing. */
  isRevoked(claims: RegisteredClaims): boolean | 'unsure'
  /** Adds what this process itself has ended, without waiting for the store's word. */
  add(id: string, forSeconds: number): void
  /** Follows a store's log from now on. Called once; until it is loaded, entries may be missing. */
  follow(log: RevocationLog): void
  /** Resolves once the list is loaded; rejects where the attempt under way fails. */
  ready(): Promise<void>
  /** Stops following the log. */
  close(): Promise<void>
}

/** Real seconds between two attempts to follow a log that cannot be reached. */
const retryAfter = 1

/**
 * Makes the list of revoked sessions. Until it is loaded, and whenever entries may be missing, nobody can say that a token is not
 * revoked.
 */
export function createRevocationList(clock: Clock, emit: Emit<SessionEvent>): RevocationList {
  const until = new Map<string, number>()
  let state: 'loading' | 'sure' | 'unsure' = 'loading'
  let closed = false
  let loaded = Promise.resolve()
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

  function becomeUnsure(): 'unsure' {
    if (state !== 'unsure') emit({ type: 'revocation_unsure' })
    state = 'unsure'
    return state
  }

  const watcher: RevocationWatcher = {
    revoked: add,
    unsure: becomeUnsure,
    sure: () => {
      state = 'sure'
    },
  }

  async function watch(log: RevocationLog): Promise<void> {
    const stopWatching = await log.watch(watcher)
    if (closed) return stopWatching()
    stop = stopWatching
  }

  /** Why an attempt failed is for whoever awaits `ready`; whatever it was, the next may succeed. */
  function follow(log: RevocationLog): void {
    loaded = watch(log)
    loaded.catch(() => {
      becomeUnsure()
      if (closed) return
      timer = setTimeout(() => follow(log), retryAfter * 1000)
      // Not a reason to keep the process alive.
      timer.unref?.()
    })
  }

  return {
    isRevoked: (claims) => {
      const { sid } = claims as { readonly sid?: unknown }
      if (typeof sid !== 'string') return true
      const end = until.get(sid)
      if (end !== undefined && clock() < end) return true
      return state === 'sure' ? false : becomeUnsure()
    },
    add,
    follow,
    ready: () => loaded,
    close: async () => {
      closed = true
      clearTimeout(timer)
      await stop?.()
    },
  }
}
