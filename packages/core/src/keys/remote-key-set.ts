import { AuthError, type DenialReason } from '../auth-error.js'
import type { Clock } from '../clock.js'
import { ConfigError } from '../config-error.js'
import type { Emit, KeysFailure } from '../events.js'
import type { Algorithm } from './algorithms.js'
import { BackOff, parseRetryAfter } from './back-off.js'
import { FetchBudget, FetchFailure } from './fetch-json.js'
import { type FetchedKeySet, KeySource, usableKeys } from './fetch-key-set.js'
import { ForgottenKids } from './forgotten-kids.js'
import { freshnessOf, type Lifetime, lifetimeFrom } from './freshness.js'
import { carryOver, HeldKeys } from './held-keys.js'
import type { JwkSet } from './jwk.js'
import type { KeySet, KeySetSnapshot } from './key-set.js'
import { isSecureUrl } from './secure-url.js'
import { SharedFetch } from './shared-fetch.js'
import { SteadyClock } from './steady-clock.js'
import { UnknownKids } from './unknown-kids.js'
import type { VerificationKey } from './verification-key.js'

/** Where an issuer's keys are fetched from, and how long they are trusted. Durations in seconds. */
export interface RemoteKeySetOptions {
  /** The issuer that tokens name; its metadata document is asked where there is no `jwksUri`. */
  readonly issuer: string
  /** Where the JWK Set is. Default: found through the issuer's metadata document. */
  readonly jwksUri?: string | undefined
  /** Real time that one fetch may take, with all its requests and bodies. Default 3. */
  readonly timeout?: number | undefined
  /** Longest freshness; a response's max-age shortens it down to 60. Default 600. */
  readonly freshFor?: number | undefined
  /** How long a set is served after it was fetched while no newer one can be had. Default 14400. */
  readonly staleFor?: number | undefined
  /** Unknown kids: one refetch is gained in this time, two are kept. 0: no limit. Default 5. */
  readonly cooldown?: number | undefined
  /** Whether to fetch at construction; `require` differs from `background` only for whoever awaits `ready()`. Default lazy. */
  readonly startup?: 'lazy' | 'background' | 'require' | undefined
  /** A set to begin with. Taken as fetched at construction and stale: served, and refreshed at the first request. */
  readonly seed?: JwkSet | undefined
  readonly clock: Clock
  readonly fetch: typeof fetch
  /** From 0 to 1, as `Math.random`: spreads refreshes and retries. */
  readonly random: () => number
  readonly emit: Emit
}

/**
 * Makes the key set of an issuer whose keys are fetched. It has no timers: every step of its life is taken at a request.
 *
 * @throws ConfigError where `jwksUri`, or `issuer` without one, is neither https nor loopback, or where the seed is unusable
 */
export function createRemoteKeySet(options: RemoteKeySetOptions): KeySet {
  return new RemoteKeySet(options)
}

/** What may be served now: the keys, since when and until when. `fetched` is false for a seed. */
interface Held extends Lifetime {
  readonly keys: HeldKeys
  readonly fetched: boolean
}

/** What has happened since the held set became due for a refresh. */
interface Outage {
  /** A fetch has failed. */
  failed: boolean
  /** A request has been served past the set's freshness. */
  served: boolean
  /** Both, and the operator has been told. */
  reported: boolean
}

class RemoteKeySet implements KeySet {
  readonly #issuer: string
  readonly #timeout: number
  readonly #freshFor: number
  readonly #staleFor: number
  readonly #random: () => number
  readonly #emit: Emit
  readonly #time: SteadyClock
  readonly #source: KeySource
  readonly #fetching: SharedFetch<KeysFailure | null>
  readonly #backOff: BackOff
  readonly #unknownKids: UnknownKids
  readonly #forgottenKids = new ForgottenKids()
  #held: Held | undefined
  #lastError: KeysFailure | null = null
  #outage: Outage = { failed: false, served: false, reported: false }

  constructor(options: RemoteKeySetOptions) {
    const { issuer, jwksUri, timeout = 3, freshFor = 600, staleFor = 14_400, cooldown = 5, startup = 'lazy' } = options
    requireSecure(issuer, jwksUri)
    this.#issuer = issuer
    this.#timeout = timeout
    this.#freshFor = freshFor
    this.#staleFor = staleFor
    this.#random = options.random
    this.#emit = options.emit
    this.#time = new SteadyClock(options.clock)
    this.#source = new KeySource(issuer, jwksUri)
    this.#fetching = new SharedFetch(() => this.#fetch(options.fetch), timeout)
    this.#backOff = new BackOff(options.random)
    this.#unknownKids = new UnknownKids(cooldown)
    if (options.seed !== undefined) this.#held = seeded(options.seed, this.#time.now(), staleFor)
    if (startup !== 'lazy') void this.#fetching.run()
  }

  find(kid: string | undefined, alg: Algorithm): VerificationKey | AuthError | Promise<VerificationKey | AuthError> {
    const now = this.#time.now()
    const held = this.#current(now)
    if (held === undefined) return this.#findWithoutSet(kid, alg, now)
    this.#serve(held, now)
    const found = held.keys.select(kid, alg)
    if (typeof found !== 'string') return found
    return kid !== undefined && found === 'key_not_found' ? this.#findUnknown(kid, alg, now) : this.#rejected(found)
  }

  trusts(key: VerificationKey): boolean {
    const now = this.#time.now()
    const held = this.#current(now)
    if (held === undefined) return false
    this.#serve(held, now)
    return held.keys.has(key)
  }

  async ready(): Promise<void> {
    const now = this.#time.now()
    if (this.#current(now) !== undefined) return
    if (this.#fetching.running === undefined && this.#backOff.wait(now) > 0) throw this.#unavailable()
    await this.refresh()
  }

  async refresh(): Promise<void> {
    if ((await this.#fetching.run()) !== null) throw this.#unavailable()
  }

  forget(kid: string): void {
    const held = this.#held
    this.#forgottenKids.forget(kid, held?.keys.under(kid) ?? [])
    if (held !== undefined) this.#held = { ...held, keys: held.keys.without(kid) }
  }

  snapshot(): KeySetSnapshot {
    const now = this.#time.now()
    const held = this.#held
    const current = this.#current(now)
    const wait = this.#backOff.wait(now)
    // A refresh that is due already is made by the next request.
    const due = current === undefined || wait > 0 ? now + wait : Math.max(now, current.refreshAt - this.#time.lost)
    return {
      issuer: this.#issuer,
      state:
        held === undefined ? 'empty' : current === undefined ? 'expired' : this.#isFresh(held, now) ? 'fresh' : 'stale',
      age: held?.fetched ? now - held.fetchedAt : null,
      kids: current?.keys.kids ?? [],
      lastError: this.#lastError,
      nextAttempt: this.#time.toWall(due),
    }
  }

  /** The set that may be served now; none before the first fetch and past the stale limit. */
  #current(now: number): Held | undefined {
    return this.#held !== undefined && now < this.#held.staleUntil ? this.#held : undefined
  }

  #isFresh(held: Held, now: number): boolean {
    return now + this.#time.lost < held.freshUntil
  }

  /** What serving a set brings with it: a background refresh where one is due, a word to the operator where it is stale. */
  #serve(held: Held, now: number): void {
    if (now + this.#time.lost < held.refreshAt) return
    if (!this.#isFresh(held, now)) {
      this.#outage.served = true
      this.#reportStale(held, now)
    }
    if (this.#backOff.wait(now) === 0) void this.#fetching.run()
  }

  /** Once per outage: when a request has been served stale and a fetch has failed, whichever comes last. */
  #reportStale(held: Held, now: number): void {
    const { failed, served, reported } = this.#outage
    if (!failed || !served || reported) return
    this.#outage.reported = true
    this.#emit({ type: 'keys_stale_served', issuer: this.#issuer, age: now - held.fetchedAt })
  }

  /** No set that may be served: all who ask wait for one fetch, and while the back-off lasts nobody waits. */
  #findWithoutSet(
    kid: string | undefined,
    alg: Algorithm,
    now: number,
  ): AuthError | Promise<VerificationKey | AuthError> {
    if (this.#fetching.running === undefined && this.#backOff.wait(now) > 0) return this.#unavailable()
    return this.#findAfterFetch(kid, alg)
  }

  /**
   * The set may be served but does not have the kid. In this order:
   *
   * 1. a kid that a refetch did not bring within the last 30 s is refused (`token_rejected`);
   * 2. a fetch under way is waited for, whoever began it;
   * 3. where the last fetch failed, nobody knows whether the kid exists: while the back-off lasts or the allowance is used
   *    up, `keys_unavailable`, since an outage is never answered with a 401;
   * 4. one refetch, where the allowance has one: it brings the key, or `token_rejected`, or it fails, `keys_unavailable`;
   * 5. else, the endpoint being well, `token_rejected`.
   *
   * Only 4 fetches, so neither an outage nor a flood of kids costs the issuer more than the allowance and the back-off.
   */
  #findUnknown(kid: string, alg: Algorithm, now: number): AuthError | Promise<VerificationKey | AuthError> {
    if (this.#unknownKids.isMissing(kid, now)) return this.#unknown(kid)
    if (this.#fetching.running !== undefined) return this.#findAfterFetch(kid, alg)
    if (this.#backOff.wait(now) > 0) return this.#unavailable()
    if (this.#unknownKids.mayRefetch(now)) return this.#findAfterFetch(kid, alg)
    return this.#lastError === null ? this.#unknown(kid) : this.#unavailable(this.#unknownKids.wait)
  }

  async #findAfterFetch(kid: string | undefined, alg: Algorithm): Promise<VerificationKey | AuthError> {
    if ((await this.#fetching.run()) !== null) return this.#unavailable()
    // Asked of the set that came, not of what is current: with no freshness and no stale limit it is past both already.
    const found = this.#held?.keys.select(kid, alg) ?? 'key_not_found'
    if (typeof found !== 'string') return found
    if (kid === undefined || found !== 'key_not_found') return this.#rejected(found)
    this.#unknownKids.remember(kid, this.#time.now())
    return this.#unknown(kid)
  }

  /** Not async, so that a platform that forbids fetching here (Workers, outside a request) says so to the caller. */
  #fetch(fetch: typeof globalThis.fetch): Promise<KeysFailure | null> {
    const startedAt = this.#time.now()
    const { lost } = this.#time
    return this.#source.fetch(startedAt, new FetchBudget(fetch, this.#timeout)).then((result) => {
      if (result instanceof FetchFailure) this.#failed(result)
      else this.#succeeded(result, startedAt, lost)
      return result instanceof FetchFailure ? result.reason : null
    })
  }

  #succeeded({ keys, headers }: FetchedKeySet, startedAt: number, lost: number): void {
    // A fetch given up for dead may still come in, after a later one.
    if (this.#held !== undefined && startedAt < this.#held.fetchedAt) return
    const admitted = this.#forgottenKids.admit(carryOver(this.#held?.keys.all ?? [], keys))
    const lifetime = lifetimeFrom(startedAt, lost, freshnessOf(headers, this.#freshFor), this.#staleFor, this.#random())
    const held = new HeldKeys(admitted)
    this.#held = { ...lifetime, keys: held, fetched: true }
    this.#lastError = null
    this.#outage = { failed: false, served: false, reported: false }
    this.#backOff.succeeded()
    this.#unknownKids.arrived(held.kids)
    this.#emit({ type: 'keys_refreshed', issuer: this.#issuer, kids: held.kids })
  }

  #failed({ reason, retryAfter: asked }: FetchFailure): void {
    const now = this.#time.now()
    const retryAfter = this.#backOff.failed(now, parseRetryAfter(asked, this.#time.toWall(now)))
    this.#lastError = reason
    this.#emit({ type: 'keys_refresh_failed', issuer: this.#issuer, reason, retryAfter })
    const held = this.#held
    if (held === undefined || now + this.#time.lost < held.refreshAt) return
    this.#outage.failed = true
    this.#reportStale(held, now)
  }

  #unknown(kid: string): AuthError {
    this.#emit({ type: 'key_unknown', issuer: this.#issuer, kid: kid.slice(0, 128) })
    return this.#rejected('key_not_found')
  }

  #rejected(reason: DenialReason): AuthError {
    return new AuthError('token_rejected', { reason, issuer: this.#issuer })
  }

  #unavailable(atLeast = 0): AuthError {
    const retryAfter = Math.max(atLeast, this.#backOff.wait(this.#time.now()))
    return new AuthError('keys_unavailable', { issuer: this.#issuer, retryAfter })
  }
}

function requireSecure(issuer: string, jwksUri: string | undefined): void {
  if (isSecureUrl(jwksUri ?? issuer)) return
  throw new ConfigError(
    `${jwksUri === undefined ? 'issuer' : 'jwksUri'} must be an https URL (http only on loopback): keys are fetched from there.`,
  )
}

function seeded(seed: JwkSet, now: number, staleFor: number): Held {
  const keys = usableKeys(seed.keys)
  if (typeof keys === 'string') {
    throw new ConfigError(
      `seed is not a usable key set (${keys}). Give a JWK Set of at most 50 public keys (RFC 7517 §5).`,
    )
  }
  const held = new HeldKeys(carryOver([], keys))
  const due = Number.NEGATIVE_INFINITY
  return { keys: held, fetched: false, fetchedAt: now, refreshAt: due, freshUntil: due, staleUntil: now + staleFor }
}
