import { AuthError } from '../auth-error.js'
import type { Clock } from '../clock.js'
import type { DenialReason } from '../denial-reason.js'
import { type Emit, printable } from '../events.js'
import type { MaybePromise } from '../maybe-promise.js'
import { CurrentKeys } from './current-keys.js'
import { ForgottenKeys } from './forgotten-keys.js'
import type { KeepsAlive, KeySet, KeySetSnapshot } from './key-set.js'
import { type KeySetOptions, seedKeys } from './key-set-options.js'
import { type KeyPlace, KeySource } from './key-source.js'
import type { Get } from './reply.js'
import type { KeyQuery } from './select-keys.js'
import { UnknownKids } from './unknown-kids.js'
import type { VerificationKey } from './verification-key.js'

/** Where an issuer's keys are fetched from, and how long they are trusted. */
export interface RemoteKeySetOptions extends Omit<KeySetOptions, 'plainHttp'> {
  /** The issuer's name, for events and snapshots. */
  readonly issuer: string
  /** Where the JWK Set is; the URLs have been checked. */
  readonly place: KeyPlace
  readonly clock: Clock
  readonly get: Get
  /** The keys that must not be trusted. Default: none. */
  readonly forgotten?: ForgottenKeys | undefined
  /** Gives a number from 0 to 1, like `Math.random`: it spreads refreshes and retries. */
  readonly random: () => number
  readonly emit: Emit
}

/**
 * Makes the key set of an issuer whose keys are fetched. It has no timers: it changes only when a request asks.
 *
 * @throws ConfigError if the seed cannot be used
 */
export function createRemoteKeySet(options: RemoteKeySetOptions): KeySet {
  return new RemoteKeySet(options)
}

type Found = readonly VerificationKey[] | AuthError

class RemoteKeySet implements KeySet {
  readonly #issuer: string
  readonly #emit: Emit
  readonly #keys: CurrentKeys
  readonly #unknownKids: UnknownKids
  readonly #startsAtOnce: boolean

  constructor(options: RemoteKeySetOptions) {
    const { issuer, place, timeout = 3, freshFor = 600, staleFor = 14_400, cooldown = 5, startup = 'lazy' } = options
    const { seed, clock, get, random, emit, forgotten = new ForgottenKeys() } = options
    const source = new KeySource(place)
    this.#issuer = issuer
    this.#emit = emit
    this.#startsAtOnce = startup !== 'lazy'
    this.#keys = new CurrentKeys({ issuer, source, timeout, freshFor, staleFor, clock, get, random, emit, forgotten })
    this.#unknownKids = new UnknownKids(cooldown)
    if (seed !== undefined) this.#keys.seed(seedKeys(seed))
  }

  start(): void {
    if (this.#startsAtOnce) void this.#keys.refetch()
  }

  find(wanted: KeyQuery, lives?: KeepsAlive): MaybePromise<Found> {
    const now = this.#keys.now()
    const served = this.#keys.serve(now, lives)
    if (served === undefined)
      return this.#mustWait(now) ? this.#unavailable(wanted.issuer) : this.#findAfterFetch(wanted, lives)
    const found = served.select(wanted)
    if (typeof found !== 'string') return found
    const { kid } = wanted
    return kid !== undefined && found === 'key_not_found'
      ? this.#findUnknown(wanted, kid, now, lives)
      : rejected(wanted, found)
  }

  trusts(key: VerificationKey, wall?: number, lives?: KeepsAlive): boolean {
    return this.#keys.serve(this.#keys.now(wall), lives)?.has(key) === true
  }

  async ready(): Promise<void> {
    const now = this.#keys.now()
    if (this.#keys.serve(now) !== undefined) return
    if (this.#mustWait(now)) throw this.#unavailable(this.#issuer)
    await this.refresh()
  }

  async refresh(): Promise<void> {
    if ((await this.#keys.refetch()) !== null) throw this.#unavailable(this.#issuer)
  }

  forget(kid: string): void {
    this.#keys.forget(kid)
  }

  snapshot(): KeySetSnapshot {
    return this.#keys.snapshot()
  }

  /** Whether no fetch is running and none may start, because of the back-off after failures. */
  #mustWait(now: number): boolean {
    return !this.#keys.isFetching && this.#keys.backOff(now) > 0
  }

  /**
   * Decides about a kid that is not in the set, while the set may be used. In this order:
   *
   * 1. A refetch for this kid within the last 30 s did not bring it: `token_rejected`.
   * 2. A fetch is running: its result decides, whoever started it.
   * 3. The back-off after a failure is running: `keys_unavailable`. Nobody knows whether the kid exists, and an outage is never
   *    answered with a 401.
   * 4. A refetch is allowed: its result decides. It gives the key, `token_rejected`, or, if it fails, `keys_unavailable`.
   * 5. No refetch is allowed, and the last fetch failed: `keys_unavailable`, as in 3.
   * 6. Else `token_rejected`: the endpoint works and was asked often enough.
   *
   * Only step 4 fetches. So neither an outage nor a flood of kids costs the issuer more than the cooldown and the back-off allow.
   */
  #findUnknown(wanted: KeyQuery, kid: string, now: number, lives: KeepsAlive | undefined): MaybePromise<Found> {
    if (this.#unknownKids.isMissing(kid, now)) return this.#unknown(wanted, kid)
    if (this.#keys.isFetching) return this.#findAfterFetch(wanted, lives)
    if (this.#keys.backOff(now) > 0) return this.#unavailable(wanted.issuer)
    if (this.#unknownKids.mayRefetch(now)) return this.#findAfterFetch(wanted, lives)
    return this.#keys.isFailing ? this.#unavailable(wanted.issuer, this.#unknownKids.wait) : this.#unknown(wanted, kid)
  }

  async #findAfterFetch(wanted: KeyQuery, lives: KeepsAlive | undefined): Promise<Found> {
    const { kid } = wanted
    const joined = this.#keys.isFetching
    if ((await this.#keys.refetch(lives)) !== null) return this.#unavailable(wanted.issuer)
    // Asks the set that was just fetched, not the one that may be used: with `freshFor` and `staleFor` of 0 it is already
    // expired.
    const found = this.#keys.last?.select(wanted) ?? 'key_not_found'
    if (typeof found !== 'string') return found
    if (kid === undefined || found !== 'key_not_found') return rejected(wanted, found)
    // A fetch that was already running may have been answered just before the kid was published.
    if (!joined) this.#unknownKids.remember(kid, this.#keys.now())
    return this.#unknown(wanted, kid)
  }

  #unknown(wanted: KeyQuery, kid: string): AuthError {
    this.#emit({ type: 'key_unknown', issuer: wanted.issuer, kid: printable(kid) })
    return rejected(wanted, 'key_not_found')
  }

  #unavailable(issuer: string, atLeast = 0): AuthError {
    const retryAfter = Math.max(atLeast, this.#keys.backOff(this.#keys.now()))
    return new AuthError('keys_unavailable', { issuer, retryAfter })
  }
}

function rejected({ issuer }: KeyQuery, reason: DenialReason): AuthError {
  return new AuthError('token_rejected', { reason, issuer })
}
