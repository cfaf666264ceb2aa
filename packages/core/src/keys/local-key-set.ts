import { AuthError } from '../auth-error.js'
import type { DenialReason } from '../denial-reason.js'
import type { MaybePromise } from '../maybe-promise.js'
import { ForgottenKeys } from './forgotten-keys.js'
import { carryOver, HeldKeys } from './held-keys.js'
import { checkJwk, type JwkSet } from './jwk.js'
import type { KeySet, KeySetSnapshot } from './key-set.js'
import type { KeyQuery } from './select-keys.js'
import type { VerificationKey } from './verification-key.js'

/** Public keys of this process that can change, such as those of a session keyring. They are read at every use. */
export interface LiveJwks {
  /** Gives the current set. It returns the same object as long as nothing has changed. */
  current(): JwkSet
  /**
   * Brings the set up to date, if another process may have changed it. It is called when a token names an unknown kid, and must
   * limit itself how often it really reloads.
   *
   * @returns false if the set cannot be loaded now; the token is then answered with `keys_unavailable`
   */
  reload?(): Promise<boolean>
}

/** A key set that follows a `LiveJwks`, or that holds a configured set, which never changes. */
export class LocalKeySet implements KeySet {
  readonly #issuer: string
  readonly #live: LiveJwks | undefined
  readonly #ignoreKid: boolean
  readonly #forgotten: ForgottenKeys
  #seen: JwkSet | undefined
  #held = new HeldKeys([])

  /**
   * @param ignoreKid true for keys that cannot have a kid (PEM): all that fit are tried, whatever kid a token names; default
   * false
   * @param forgotten keys that must not be trusted; default: none
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

  /** Gives the current keys. For a set that never changes, this costs nothing. */
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

/** Whether the keys can change and are read at every use. */
export function isLive(source: LiveJwks | JwkSet): source is LiveJwks {
  const { current, reload }: Partial<Record<keyof LiveJwks, unknown>> = Object(source)
  return typeof current === 'function' && (reload === undefined || typeof reload === 'function')
}

function usable(set: JwkSet): VerificationKey[] {
  return set.keys.map(checkJwk).filter((key) => typeof key !== 'string')
}
