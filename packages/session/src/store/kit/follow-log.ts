import type { RevocationWatcher } from '../session-store.js'
import { withDeadline } from './with-deadline.js'

/** A family on the revocation log. */
export interface LogEntry {
  readonly id: string
  /** Seconds left of its time on the list. */
  readonly forSeconds: number
}

/** A look at the log. */
export interface LogPage {
  /** Grows with each addition, also after the log was lost. An entry is visible to whoever reads its revision. */
  readonly revision: number
  readonly entries: readonly LogEntry[]
}

/** Whom a database's announcements are for. */
export interface LogListener {
  /** Something was added: the log is at this revision now. What is no number is no announcement. */
  announced(revision: number): void
  /** The connection is gone and does not come back by itself. */
  lost(): void
}

/** A connection that listens. */
export interface LogSubscription {
  close(): Promise<void>
}

/** A revocation log in a database. What rejects is tried again. */
export interface LogSource {
  /** What was added after a revision and is still on the list. Everything where `since` is 0, or later than the present one. */
  load(since: number): Promise<LogPage>
  /** Rejects where it cannot listen, and once the signal says that nobody waits any longer. */
  listen(listener: LogListener, signal: AbortSignal): Promise<LogSubscription>
}

/** Real seconds from one look at the log to the next. An announcement brings the next one forward. */
const interval = 0.4
/** Looks in a row without an answer, after which nobody can say that nothing is missing. */
const missesAllowed = 3
/** Real seconds that the database has for an answer. */
const answeredWithin = 2

/**
 * Follows a log for a watcher: `RevocationLog`'s `watch` for a store whose database announces additions (publish and
 * subscribe, LISTEN and NOTIFY).
 *
 * An announcement makes a revocation known within milliseconds, but a connection that only listens cannot tell silence from
 * being cut off. So the log is also looked at two or three times a second, over the connection that commands take: what
 * an announcement did not bring is found then, a listener that missed one is replaced, and without an answer for about
 * a second and a half the watcher is told that entries may be missing. No timer keeps the process alive.
 *
 * @returns a function that stops following
 */
export async function followLog(source: LogSource, watcher: RevocationWatcher): Promise<() => Promise<void>> {
  const follower = new LogFollower(source, watcher)
  await follower.start()
  return () => follower.stop()
}

class LogFollower {
  readonly #source: LogSource
  readonly #watcher: RevocationWatcher
  #timer: ReturnType<typeof setInterval> | undefined
  #subscription: LogSubscription | undefined
  #subscribing = false
  #stopped = false
  #sure = false
  /** Looks since the last answer. */
  #misses = 0
  #loading = false
  #loadAgain = false
  #revision = 0
  /** The revision at the look before, which an announcement must have brought by now. */
  #due = 0
  #announced = 0
  readonly #listener: LogListener = {
    announced: (revision) => {
      // Anybody who may write to a channel can say anything on it; a listener that missed something must still be found out.
      if (!Number.isFinite(revision)) return
      this.#announced = Math.max(this.#announced, revision)
      if (revision !== this.#revision) this.#load()
    },
    lost: () => this.#listenAnew(),
  }

  constructor(source: LogSource, watcher: RevocationWatcher) {
    this.#source = source
    this.#watcher = watcher
  }

  async start(): Promise<void> {
    try {
      // In this order, so that nothing falls between.
      await this.#subscribe()
      await this.#loadOnce()
    } catch (error) {
      await this.stop()
      throw error
    }
    this.#announced = this.#revision
    this.#timer = setInterval(() => this.#look(), interval * 1000)
    this.#timer.unref?.()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#timer)
    await this.#unsubscribe()
  }

  #look(): void {
    this.#misses += 1
    if (this.#misses >= missesAllowed && this.#sure) {
      this.#sure = false
      this.#watcher.unsure()
    }
    if (this.#subscription !== undefined && this.#announced < this.#due) this.#listenAnew()
    this.#due = this.#revision
    // Failures show as misses, whatever they are: here is nobody to throw at.
    if (this.#subscription === undefined) this.#subscribe().catch(() => {})
    this.#load()
  }

  #load(): void {
    if (this.#loading || this.#stopped) {
      this.#loadAgain = true
      return
    }
    this.#loading = true
    this.#loadAgain = false
    this.#loadOnce()
      .catch(() => {})
      .finally(() => {
        this.#loading = false
        if (this.#loadAgain) this.#load()
      })
  }

  async #loadOnce(): Promise<void> {
    const { revision, entries } = await withDeadline(this.#source.load(this.#revision), answeredWithin)
    if (this.#stopped) return
    for (const { id, forSeconds } of entries) this.#watcher.revoked(id, forSeconds)
    // Smaller after the log was lost: announcements count from there.
    if (revision < this.#revision) this.#announced = this.#due = revision
    this.#revision = revision
    this.#misses = 0
    if (this.#sure) return
    this.#sure = true
    this.#watcher.sure()
  }

  async #subscribe(): Promise<void> {
    if (this.#subscribing || this.#stopped) return
    this.#subscribing = true
    const giveUp = new AbortController()
    try {
      this.#subscription = await withDeadline(this.#source.listen(this.#listener, giveUp.signal), answeredWithin)
      // What came before it listened need not be announced any more.
      this.#announced = Math.max(this.#announced, this.#revision)
      if (this.#stopped) await this.#unsubscribe()
    } catch (error) {
      giveUp.abort()
      throw error
    } finally {
      this.#subscribing = false
    }
  }

  #listenAnew(): void {
    this.#unsubscribe().catch(() => {})
  }

  async #unsubscribe(): Promise<void> {
    const subscription = this.#subscription
    this.#subscription = undefined
    await subscription?.close()
  }
}
