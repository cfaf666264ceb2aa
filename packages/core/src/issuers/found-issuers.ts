import { LRUCache } from 'lru-cache'
import { AuthError } from '../auth-error.js'
import { ConfigError, refuseUnknownOptions } from '../config-error.js'
import { type LookupFailure, printable } from '../events.js'
import { createIssuer, type Issuer, type IssuerContext } from '../issuer.js'
import { issuerOptionNames } from '../issuer-options.js'
import { ForgottenKeys } from '../keys/forgotten-keys.js'
import { isPromise, type MaybePromise } from '../maybe-promise.js'
import { SharedWork } from '../shared-work.js'
import { late, within } from '../within.js'
import type { FindIssuer, FoundIssuer } from './find-issuer.js'
import { type Issuers, unknownIssuer } from './issuers.js'
import { Lease } from './lease.js'
import { copyOf, isSame } from './same-options.js'
import { type Turn, Turns } from './turns.js'

const longestName = 512
/** How many answers are kept of each kind, yes and no. Separate limits, so that invented names push out no issuer. */
const mostKept = 10_000
const mostAtATime = 64
/** The limit in seconds of real time: for one lookup, and for the wait until it begins. */
const patience = 3

/** Stands for a lookup that threw or rejected. */
const threw = Symbol('threw')

interface Found {
  readonly issuer: Issuer
  readonly options: unknown
  readonly lease: Lease
  readonly forgotten: ForgottenKeys
}

/**
 * The issuers that a function of the app finds by name. However many tokens name an issuer at the same time, the function is
 * called once, and its answer is kept for a while. An issuer is built once and keeps its key set as long as the answers stay
 * the same.
 */
export class FoundIssuers implements Issuers {
  readonly #find: FindIssuer
  readonly #keepFor: number
  readonly #context: IssuerContext
  readonly #ours: LRUCache<string, Found>
  readonly #strangers = new LRUCache<string, Lease>({ max: mostKept })
  readonly #underWay = new LRUCache<string, SharedWork<Issuer | AuthError>>({ max: mostKept })
  readonly #turns = new Turns(mostAtATime, patience)
  /** The keys that `forget` has named, by issuer and for all. Issuers come and go, but this is kept for good. */
  readonly #forgotten = new Map<string, ForgottenKeys>()
  readonly #forgottenEverywhere = new Set<string>()

  /** @param keepFor seconds for which an answer is kept */
  constructor(find: FindIssuer, keepFor: number, context: IssuerContext) {
    this.#find = find
    this.#keepFor = keepFor
    this.#context = context
    this.#ours = new LRUCache({ max: mostKept, dispose: ({ lease }) => lease.end() })
  }

  find(iss: unknown): MaybePromise<Issuer | AuthError> {
    if (typeof iss !== 'string' || iss.length > longestName) return unknownIssuer()
    const now = this.#context.clock()
    const found = this.#ours.get(iss)
    if (found?.lease.holds(now)) return found.issuer
    if (this.#strangers.get(iss)?.holds(now)) return unknownIssuer()
    return this.#lookUp(iss)
  }

  known(): readonly Issuer[] {
    return [...this.#ours.values()].map(({ issuer }) => issuer)
  }

  async named(name: string): Promise<Issuer> {
    const found = await this.find(name)
    if (!(found instanceof AuthError)) return found
    if (found.code === 'keys_unavailable') throw found
    throw new ConfigError(
      'No issuer of that name is found by this verifier. Give one that your function of `issuers` knows.',
    )
  }

  forget(kid: string, issuer: string | undefined): void {
    if (issuer === undefined) {
      for (const [name, { forgotten }] of this.#ours.entries()) this.#forgotten.set(name, forgotten)
      for (const known of this.known()) known.keySet.forget(kid)
      for (const [name, forgotten] of this.#forgotten) if (!this.#ours.has(name)) forgotten.forget(kid, [])
      this.#forgottenEverywhere.add(kid)
      return
    }
    const found = this.#ours.peek(issuer)
    const forgotten = found?.forgotten ?? this.#forgottenOf(issuer)
    this.#forgotten.set(issuer, forgotten)
    if (found === undefined) forgotten.forget(kid, [])
    else found.issuer.keySet.forget(kid)
  }

  #forgottenOf(name: string): ForgottenKeys {
    return this.#forgotten.get(name) ?? new ForgottenKeys(this.#forgottenEverywhere)
  }

  /** Answers without a promise if the function does. */
  #lookUp(name: string): MaybePromise<Issuer | AuthError> {
    const underWay = this.#underWay.get(name)
    if (underWay !== undefined) return underWay.run()
    const shared = new SharedWork(() => this.#ask(name), 2 * patience)
    const turn = this.#turns.takeNow()
    const answer = turn === undefined ? undefined : this.#call(name)
    if (turn !== undefined && !isPromise(answer)) {
      turn.end()
      return this.#accept(name, answer)
    }
    this.#underWay.set(name, shared)
    return shared.start(turn === undefined || !isPromise(answer) ? undefined : () => this.#finish(name, answer, turn))
  }

  /** Calls the function as soon as there is a free turn. */
  async #ask(name: string): Promise<Issuer | AuthError> {
    const turn = await this.#turns.take()
    if (turn !== undefined) return this.#finish(name, Promise.resolve(this.#call(name)), turn)
    this.#underWay.delete(name)
    return this.#failed(name, 'timeout')
  }

  #call(name: string): unknown {
    try {
      const answer: unknown = this.#find(name)
      // Here, because to read `then` of what the app gives may throw too.
      return isPromise(answer) ? Promise.resolve(answer) : answer
    } catch {
      return threw
    }
  }

  async #finish(name: string, answer: PromiseLike<unknown>, turn: Turn): Promise<Issuer | AuthError> {
    const options = await within(patience, answer).catch(() => threw)
    turn.end()
    this.#underWay.delete(name)
    return this.#accept(name, options)
  }

  #accept(name: string, options: unknown): Issuer | AuthError {
    if (options === threw) return this.#failed(name, 'threw')
    if (options === late) return this.#failed(name, 'timeout')
    const now = this.#context.clock()
    const before = this.#ours.get(name)
    if (options === null) {
      this.#ours.delete(name)
      const lease = new Lease()
      lease.renew(now, this.#keepFor)
      this.#strangers.set(name, lease)
      return unknownIssuer()
    }
    const found = this.#build(name, options, before)
    if (found instanceof AuthError) return found
    found.lease.renew(now, this.#keepFor)
    if (found === before) return found.issuer
    this.#ours.set(name, found)
    this.#strangers.delete(name)
    found.issuer.keySet.start()
    return found.issuer
  }

  /** Builds an issuer; gives the one before if its options are the same. */
  #build(name: string, options: unknown, before: Found | undefined): Found | AuthError {
    const forgotten = this.#forgottenOf(name)
    const lease = new Lease()
    try {
      if (before !== undefined && isSame(before.options, options)) return before
      refuseUnknownOptions('issuers', options as object, issuerOptionNames)
      const { issuer: named = name, introspection } = options as FoundIssuer
      if (introspection !== undefined) {
        throw new ConfigError(
          'introspection: an opaque token names no issuer to find. Configure that issuer by issuer or a list of issuers.',
        )
      }
      if (named !== name) return this.#failed(name, 'issuer_mismatch')
      const copy = copyOf(options)
      const context = { ...this.#context, lease, forgottenOf: () => forgotten }
      const issuer = createIssuer({ ...(options as FoundIssuer), issuer: name }, context)
      return { issuer, options: copy, lease, forgotten }
    } catch (error) {
      // Whatever was thrown while the options were read, they cannot be used.
      return this.#failed(name, 'options_refused', error instanceof ConfigError ? error.message : undefined)
    }
  }

  #failed(name: string, reason: LookupFailure, detail?: string): AuthError {
    const told = detail === undefined ? {} : { detail }
    this.#context.emit({ type: 'issuer_lookup_failed', issuer: printable(name), reason, ...told })
    return new AuthError('keys_unavailable')
  }
}
