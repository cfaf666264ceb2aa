import type { Clock } from '../clock.js'
import { type Emit, type KeysFailure, printable } from '../events.js'
import { SharedWork } from '../shared-work.js'
import { BackOff, parseRetryAfter } from './back-off.js'
import { FetchBudget } from './fetch-budget.js'
import { FetchFailure, withoutQuery } from './fetch-failure.js'
import type { ForgottenKeys } from './forgotten-keys.js'
import { freshnessOfAll, type Lifetime, lifetimeFrom } from './freshness.js'
import { carryOver, HeldKeys } from './held-keys.js'
import type { KeepsAlive, KeySetSnapshot } from './key-set.js'
import type { FetchedKeySet, KeySource } from './key-source.js'
import type { Get } from './reply.js'
import { SteadyClock } from './steady-clock.js'
import type { VerificationKey } from './verification-key.js'

/** Options of `CurrentKeys`. Durations are in seconds. */
export interface CurrentKeysOptions {
  readonly issuer: string
  readonly source: KeySource
  readonly timeout: number
  readonly freshFor: number
  readonly staleFor: number
  readonly clock: Clock
  readonly get: Get
  readonly forgotten: ForgottenKeys
  readonly random: () => number
  readonly emit: Emit
}

interface Held extends Lifetime {
  readonly keys: HeldKeys
  /** False for a seed. */
  readonly fetched: boolean
}

/** What has happened since the held set became due for a refresh. */
interface Outage {
  /** A fetch has failed. */
  failed: boolean
  /** A request has used the set after it was no longer fresh. */
  served: boolean
  /** Both have happened, and the event was sent. */
  reported: boolean
}

/**
 * The keys that may be trusted now, and the fetches that keep them up to date. The set is empty, then fresh, then stale, then
 * expired, and fresh again after every fetch that succeeds. Each step is taken when a request asks; there are no timers.
 */
export class CurrentKeys {
  readonly #options: CurrentKeysOptions
  readonly #time: SteadyClock
  readonly #fetching: SharedWork<KeysFailure | null>
  readonly #backOff: BackOff
  #held: Held | undefined
  #lastError: KeysFailure | null = null
  #outage: Outage = { failed: false, served: false, reported: false }

  constructor(options: CurrentKeysOptions) {
    this.#options = options
    this.#time = new SteadyClock(options.clock)
    this.#fetching = new SharedWork(() => this.#fetch(), options.timeout)
    this.#backOff = new BackOff(options.random)
  }

  /**
   * Gives the present, which never goes backwards: see `SteadyClock`.
   *
   * @param wall the time of the wall clock, if it has just been read
   */
  now(wall?: number): number {
    return this.#time.now(wall)
  }

  /**
   * Gives the keys that a request may use; undefined before the first fetch and after the stale limit. If the set is due for a
   * refresh and no back-off is running, it starts a fetch in the background.
   */
  serve(now: number, lives?: KeepsAlive): HeldKeys | undefined {
    const held = this.#held
    if (held === undefined || now >= held.staleUntil) return undefined
    if (now + this.#time.lost >= held.refreshAt) this.#refreshAhead(held, now, lives)
    return held.keys
  }

  /** The keys of the last set, however old it is. */
  get last(): HeldKeys | undefined {
    return this.#held?.keys
  }

  /** Joins the running fetch, or starts one. Never rejects: gives the reason of the failure, or null after a success. */
  refetch(lives?: KeepsAlive): Promise<KeysFailure | null> {
    if (this.#fetching.isRunning) return this.#fetching.run()
    const fetching = this.#fetching.start()
    // Others may join it, and the client whose request began it may go away.
    lives?.waitUntil?.(fetching)
    return fetching
  }

  /** Whether a fetch is running. */
  get isFetching(): boolean {
    return this.#fetching.isRunning
  }

  /** Whether the last fetch failed. */
  get isFailing(): boolean {
    return this.#lastError !== null
  }

  /** Seconds for which the endpoint is still left alone after failures; 0: none. */
  backOff(now: number): number {
    return this.#backOff.wait(now)
  }

  /** Starts with a set that was not fetched. It is used from now on, and is already due for a refresh. */
  seed(keys: readonly VerificationKey[]): void {
    const fetchedAt = this.#time.now()
    const admitted = this.#admit(carryOver([], keys))
    const [refreshAt, freshUntil] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
    const staleUntil = fetchedAt + this.#options.staleFor
    this.#held = { keys: admitted, fetched: false, fetchedAt, refreshAt, freshUntil, staleUntil }
  }

  /** Drops the keys with that kid, and does not take them back under any kid. */
  forget(kid: string): void {
    const held = this.#held
    this.#options.forgotten.forget(kid, held?.keys.all ?? [])
    if (held !== undefined) this.#held = { ...held, keys: this.#admit(held.keys.all) }
  }

  /** Gives the state of the set; starts nothing. */
  snapshot(): KeySetSnapshot {
    const now = this.#time.now()
    const held = this.#held
    const expired = held !== undefined && now >= held.staleUntil
    const wait = this.#backOff.wait(now)
    const due = held === undefined || expired || wait > 0 ? now + wait : held.refreshAt - this.#time.lost
    return {
      issuer: this.#options.issuer,
      state: held === undefined ? 'empty' : expired ? 'expired' : this.#isFresh(held, now) ? 'fresh' : 'stale',
      age: held?.fetched ? now - held.fetchedAt : null,
      kids: held === undefined || expired ? [] : held.keys.kids,
      lastError: this.#lastError,
      // The next request starts a refresh that is already due.
      nextAttempt: this.#time.toWall(Math.max(now, due)),
    }
  }

  #isFresh(held: Held, now: number): boolean {
    return now + this.#time.lost < held.freshUntil
  }

  #refreshAhead(held: Held, now: number, lives: KeepsAlive | undefined): void {
    if (!this.#isFresh(held, now)) {
      this.#outage.served = true
      this.#reportStale(held, now)
    }
    if (!this.#fetching.isRunning && this.#backOff.wait(now) === 0) void this.refetch(lives)
  }

  /** Reports an outage once: when a request has used a stale set and a fetch has failed, in any order. */
  #reportStale(held: Held, now: number): void {
    const { failed, served, reported } = this.#outage
    if (!failed || !served || reported) return
    this.#outage.reported = true
    this.#options.emit({ type: 'keys_stale_served', issuer: this.#options.issuer, age: now - held.fetchedAt })
  }

  /** Not async, so that the caller gets the error of a platform that forbids fetching here (Workers, outside a request). */
  #fetch(): Promise<KeysFailure | null> {
    const { source, get, timeout } = this.#options
    const startedAt = this.#time.now()
    const { lost } = this.#time
    return source.fetch(startedAt, { get, budget: new FetchBudget(timeout) }).then((result) => {
      const failed = result instanceof FetchFailure
      // A fetch that was given up may still be answered. After a later one, it says nothing new.
      if (this.#held === undefined || startedAt >= this.#held.fetchedAt) {
        if (failed) this.#failed(result)
        else this.#succeeded(result, startedAt, lost)
      }
      return failed ? result.reason : null
    })
  }

  #succeeded({ keys, fields }: FetchedKeySet, startedAt: number, lost: number): void {
    const { issuer, freshFor, staleFor, random, emit } = this.#options
    const admitted = this.#admit(carryOver(this.#held?.keys.all ?? [], keys))
    const freshness = freshnessOfAll(fields, freshFor)
    const { fetchedAt, refreshAt, freshUntil, staleUntil } = lifetimeFrom(
      startedAt,
      lost,
      freshness,
      staleFor,
      random(),
    )
    // Without a spread, for the reason that `createIssuer` gives.
    this.#held = { keys: admitted, fetched: true, fetchedAt, refreshAt, freshUntil, staleUntil }
    this.#lastError = null
    this.#outage = { failed: false, served: false, reported: false }
    this.#backOff.succeeded()
    emit({ type: 'keys_refreshed', issuer, kids: admitted.kids.map(printable) })
  }

  #failed({ reason, step, url, details: { status, cause, retryAfter: asked = null } }: FetchFailure): void {
    const { issuer, emit } = this.#options
    const now = this.#time.now()
    const retryAfter = this.#backOff.failed(now, parseRetryAfter(asked, this.#time.toWall(now)))
    this.#lastError = reason
    emit({
      type: 'keys_refresh_failed',
      ...{ issuer, reason, step, url: withoutQuery(url), retryAfter },
      ...(status === undefined ? {} : { status }),
      ...(cause === undefined ? {} : { cause }),
    })
    const held = this.#held
    if (held === undefined || now + this.#time.lost < held.refreshAt) return
    this.#outage.failed = true
    this.#reportStale(held, now)
  }

  #admit(keys: readonly VerificationKey[]): HeldKeys {
    return new HeldKeys(this.#options.forgotten.admit(keys))
  }
}
