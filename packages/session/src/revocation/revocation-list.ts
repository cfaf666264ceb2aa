import type { Clock, RegisteredClaims } from '@latchkey/core'
import type { Emit } from '@latchkey/core/adapter'
import type { SessionEvent } from '../events/events.js'
import { forgetPast } from '../store/forget-past.js'
import type { RevocationLog, RevocationWatcher } from '../store/session-store.js'

/** The sessions whose access tokens are refused before they expire, as this process knows them. */
export interface RevocationList {
  /** Core's `isRevoked`: a look-up in memory. It answers `unsure` while entries may be missing. */
  isRevoked(claims: RegisteredClaims): boolean | 'unsure'
  /** Adds a session that this process itself has ended, without waiting for the store. */
  add(id: string, forSeconds: number): void
  /** Follows a store's log from now on. It is called once. Until the log is loaded, entries may be missing. */
  follow(log: RevocationLog): void
  /** Resolves when the list is loaded; rejects if the present attempt fails. */
  ready(): Promise<void>
  /** Stops following the log. */
  close(): Promise<void>
}

/** The time between two attempts to follow a log that cannot be reached, in seconds of real time. */
const retryAfter = 1

/**
 * Makes the list of revoked sessions. Until it is loaded, and whenever entries may be missing, it answers `unsure` for sessions
 * that are not on it.
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
    forgetPast(until, now)
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

  /** Tries again after a failure, whatever it was. Whoever awaits `ready` gets the error. */
  function follow(log: RevocationLog): void {
    loaded = watch(log)
    loaded.catch(() => {
      becomeUnsure()
      if (closed) return
      timer = setTimeout(() => follow(log), retryAfter * 1000)
      // The timer does not keep the process alive.
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
