import type { RevocationWatcher } from '../session-store.js'
import { withDeadline } from './with-deadline.js'

/** A family (session) on the revocation log. */
export interface LogEntry {
  /** The family's id. */
  readonly id: string
  /** For how many more seconds it stays on the list. */
  readonly forSeconds: number
}

/** The part of the log that a read gives. */
export interface LogPage {
  /** A number that grows with each addition, also after the log was lost. Whoever reads a revision sees all entries up to it. */
  readonly revision: number
  /** The entries that the read found. */
  readonly entries: readonly LogEntry[]
}

/** Gets a database's announcements. */
export interface LogListener {
  /** Something was added, and the log is at this revision now. A value that is not a number is ignored. */
  announced(revision: number): void
  /** The connection is lost and does not come back by itself. */
  lost(): void
}

/** A connection that listens to announcements. */
export interface LogSubscription {
  /** Stops listening. */
  close(): Promise<void>
}

/** A revocation log in a database. If one of its functions rejects, it is called again later. */
export interface LogSource {
  /**
   * Gives the entries that were added after a revision and are still on the list. It gives all entries if `since` is 0, or is
   * later than the present revision.
   */
  load(since: number): Promise<LogPage>
  /** Starts listening. It rejects if it cannot listen, and when the signal says that nobody waits any longer. */
  listen(listener: LogListener, signal: AbortSignal): Promise<LogSubscription>
}

/** The time between two reads of the log, in seconds of real time. An announcement causes a read at once. */
const interval = 0.4
/** After that many reads in a row without an answer, entries may be missing. */
const missesAllowed = 3
/** How long the database may take for an answer, in seconds of real time. */
const answeredWithin = 2

/**
 * Follows a log for a watcher. It is the `watch` of a `RevocationLog`, for stores whose database announces additions (publish
 * and subscribe, LISTEN and NOTIFY).
 *
 * An announcement makes a revocation known within milliseconds. But a connection that only listens cannot tell silence from a
 * broken connection. So the log is also read two or three times a second, over the connection for commands. That finds what no
 * announcement brought, and replaces a listener that has missed one. After about a second and a half without an answer, the
 * watcher learns that entries may be missing. No timer keeps the process alive.
 *
 * @returns a function that stops following; it rejects if the log cannot be read at first
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
  /** How many reads began since the last answer. */
  #misses = 0
  #loading = false
  #loadAgain = false
  #revision = 0
  /** The revision at the read before, which must have been announced by now. */
  #due = 0
  #announced = 0
  readonly #listener: LogListener = {
    announced: (revision) => {
      // Anybody who may write to the channel can send anything. That must not hide that a listener has missed something.
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
      // In this order, so that nothing is missed in between.
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
    // All failures count as misses. There is no caller to throw to.
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
    // The revision is smaller after the log was lost. Announcements then count from there.
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
      // Additions before it listened are not announced any more.
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
