import { AuthError } from '../auth-error.js'
import type { DenialReason } from '../denial-reason.js'
import type { MaybePromise } from '../maybe-promise.js'
import { ForgottenKeys } from './forgotten-keys.js'
import { carryOver, HeldKeys } from './held-keys.js'
import { checkJwk, type JwkSet } from './jwk.js'
import type { KeySet, KeySetSnapshot } from './key-set.js'
import type { KeyQuery } from './select-keys.js'
import type { VerificationKey } from './verification-key.js'

/** Keys that live in this process and change: a session keyring's. Read at every use, so a change counts at once. */
export interface LiveJwks {
  /** The set in force. Return the same object as long as nothing has changed. */
  current(): JwkSet
  /**
   * Brings the set up to date, where another process may have changed it; asked for an unknown kid. Bounds itself.
   *
   * @returns false where that cannot be done now: nobody knows whether the kid exists, which is `keys_unavailable`
   */
  reload?(): Promise<boolean>
}

/** A key set that follows a live JWKS, or a configured one that never changes. */
export class LocalKeySet implements KeySet {
  readonly #issuer: string
  readonly #live: LiveJwks | undefined
  readonly #ignoreKid: boolean
  readonly #forgotten: ForgottenKeys
  #seen: JwkSet | undefined
  #held = new HeldKeys([])

  /**
   * @param ignoreKid the keys have no kid by nature (PEM): the keys that fit are meant, whatever a token's kid says
   * @param forgotten keys that are not to be trusted
   */
  constructor(
    issuer: string,
    source: LiveJwks | JwkSet,
    ignoreKid: boolean = false,
    forgotten: ForgottenKeys = new ForgottenKeys(),
  ) {
    this.#issuer = issuer
    this.#ignoreKid = ignoreKid
    this.#forgotten = forgotten
    if (isLive(source)) this.#live = source
    else this.#hold(source)
  }

  find(wanted: KeyQuery): MaybePromise<readonly VerificationKey[] | AuthError> {
    const found = this.#select(wanted)
    if (typeof found !== 'string') return found
    if (found !== 'key_not_found' || this.#live?.reload === undefined) return this.#refuse(found)
    return this.#live.reload().then((isUpToDate) => {
      const late = this.#select(wanted)
      if (typeof late !== 'string') return late
      return isUpToDate ? this.#refuse(late) : this.#unavailable()
    })
  }

  trusts(key: VerificationKey): boolean {
    return this.#keys().has(key)
  }

  async ready(): Promise<void> {}

  async refresh(): Promise<void> {
    if ((await this.#live?.reload?.()) === false) throw this.#unavailable()
  }

  forget(kid: string): void {
    this.#forgotten.forget(kid, this.#keys().all)
    this.#held = new HeldKeys(this.#forgotten.admit(this.#held.all))
  }

  start(): void {}

  snapshot(): KeySetSnapshot {
    const { kids } = this.#keys()
    return { issuer: this.#issuer, state: 'static', age: null, kids, lastError: null, nextAttempt: null }
  }

  /** The keys in force. Of a set that never changes these are at hand, whatever the number of issuers. */
  #keys(): HeldKeys {
    if (this.#live === undefined) return this.#held
    const set = this.#live.current()
    if (set !== this.#seen) this.#hold(set)
    return this.#held
  }

  #hold(set: JwkSet): void {
    this.#held = new HeldKeys(this.#forgotten.admit(carryOver(this.#held.all, usable(set))))
    this.#seen = set
  }

  #select(wanted: KeyQuery): readonly VerificationKey[] | DenialReason {
    return this.#keys().select(this.#ignoreKid ? { ...wanted, kid: undefined } : wanted)
  }

  #refuse(reason: DenialReason): AuthError {
    return new AuthError('token_rejected', { reason, issuer: this.#issuer })
  }

  #unavailable(): AuthError {
    return new AuthError('keys_unavailable', { issuer: this.#issuer })
  }
}

/** Whether keys are read at every use. */
export function isLive(source: LiveJwks | JwkSet): source is LiveJwks {
  return typeof source === 'object' && source !== null && 'current' in source
}

function usable(set: JwkSet): VerificationKey[] {
  return set.keys.map(checkJwk).filter((key) => typeof key !== 'string')
}
