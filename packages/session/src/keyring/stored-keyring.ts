import type { Algorithm, Jwk, JwkSet } from '@latchkey/core'
import { within } from '@latchkey/core/adapter'
import { StoreUnavailableError } from '../store/session-store.js'
import type { Keyring, SigningKey } from './keyring.js'
import { type LoadedRecord, loadOrMake } from './keyring-record.js'
import {
  type KeyringState,
  missingToRotate,
  missingWithout,
  rotated,
  without,
  withoutRetired,
} from './keyring-state.js'
import { createPrivateJwk, type LoadedKey } from './private-key.js'
import { entriesOf, type KeyringEntry, keyNamed, publish } from './published-keys.js'
import { SharedRecord } from './shared-record.js'
import { readOptions, type Settings, type StoredKeyringOptions } from './stored-keyring-options.js'

/** A keyring that many processes share through a store. */
export interface StoredKeyring extends Keyring {
  /** Gives the keys and their states as this process knows them, the active one first. */
  keys(): readonly KeyringEntry[]
  /**
   * Replaces the active key now. If several processes do this at the same time, it happens once. Rejects with
   * `StoreUnavailableError` if the store does not answer.
   */
  rotate(): Promise<void>
  /**
   * Takes a key out, e.g. one that was stolen. All that it signed is refused here at once, and by every other process with this
   * store within two seconds, also without a request. If it was the active key, the coming one signs now. Others that verify
   * with the JWKS route drop it when they fetch again.
   *
   * @param kid the key's kid
   * @returns false if the keyring has no such key
   * @throws StoreUnavailableError, as a rejection, if the store does not answer
   */
  withdraw(kid: string): Promise<boolean>
  /** Reads the store now. Rejects with `StoreUnavailableError` if it does not answer. */
  reload(): Promise<void>
  /** Stops reading the store every second. */
  close(): void
}

/** The least time between two reads of the store for an unknown kid, in seconds. */
const reloadAtMost = 1
/** The time between two reads of the store, in seconds of real time. */
const lookEvery = 1
/** How long signing waits for a read of the store, in seconds of real time. After that it uses the keys that it has. */
const signingWaits = 0.5

/**
 * Makes a keyring that is kept in a store, with its private keys encrypted. The first process makes the keys. Each process
 * reads the store every second, when what it knows is older than `reloadEvery`, and at once if a token names an unknown key.
 * While it reads, it uses the keys that it has. When a rotation is due, the first process that issues a token makes it; the
 * store compares versions, so it happens once. A coming key is published for a whole `rotateEvery` before it signs. The timer
 * does not keep the process alive.
 *
 * @throws ConfigError, as a rejection, for an option that is unknown or unsafe, or if the record was encrypted with another key
 * @throws StoreUnavailableError, as a rejection, if the store does not answer
 */
export async function createStoredKeyring(options: StoredKeyringOptions): Promise<StoredKeyring> {
  const settings = readOptions(options)
  return new SharedKeyring(settings, await loadOrMake(settings, undefined))
}

class SharedKeyring implements StoredKeyring {
  readonly retireAfter: number
  readonly verification: Keyring['verification'] = {
    jwks: { current: () => this.jwks(), reload: () => this.#reloadForUnknownKid() },
  }
  readonly #settings: Settings
  readonly #record: SharedRecord
  readonly #timer: ReturnType<typeof setInterval>
  #state: KeyringState<LoadedKey>
  #published: JwkSet | undefined
  /** Why the last read failed, unless the store was down. */
  #failure: { readonly error: unknown } | undefined

  constructor(settings: Settings, loaded: LoadedRecord) {
    this.retireAfter = settings.retireAfter
    this.#settings = settings
    this.#record = new SharedRecord(settings, loaded, ({ keys }) => this.#change(keys))
    this.#state = loaded.keys
    this.#timer = setInterval(() => this.#look(), lookEvery * 1000)
    this.#timer.unref?.()
  }

  async signingKey(): Promise<SigningKey> {
    if (this.#isOld() || this.#isDue()) await within(signingWaits, this.#keepUp())
    if (this.#failure !== undefined) throw this.#failure.error
    return this.#current().active
  }

  jwks(): JwkSet {
    if (this.#isOld()) this.#look()
    const state = this.#current()
    this.#published ??= publish(state)
    return this.#published
  }

  keys(): readonly KeyringEntry[] {
    return entriesOf(this.#current())
  }

  async rotate(): Promise<void> {
    await this.#record.lookAnew()
    await this.#replaceActive()
  }

  async withdraw(kid: string): Promise<boolean> {
    const { alg, clock } = this.#settings
    await this.#record.lookAnew()
    return this.#record.change(async (record) => {
      const isNamed = keyNamed(record, kid, (jwk: Jwk) => jwk)
      if (isNamed === undefined) return undefined
      return without(record, isNamed, await make(alg, missingWithout(record, isNamed)), clock())
    })
  }

  reload(): Promise<void> {
    return this.#record.lookAnew()
  }

  close(): void {
    clearInterval(this.#timer)
  }

  /** Drops the keys whose time is over. It is cheap, because it is called for every token. */
  #current(): KeyringState<LoadedKey> {
    const state = withoutRetired(this.#state, this.#settings.clock())
    if (state !== this.#state) this.#change(state)
    return state
  }

  #change(state: KeyringState<LoadedKey>): void {
    this.#state = state
    this.#published = undefined
  }

  #isOld(): boolean {
    return this.#record.age >= this.#settings.reloadEvery
  }

  #isDue(): boolean {
    return this.#settings.clock() >= this.#record.loaded.record.activeSince + this.#settings.rotateEvery
  }

  /** Replaces the active key, unless another process does so first. */
  async #replaceActive(): Promise<void> {
    const { alg, clock, retireAfter } = this.#settings
    const { kid } = this.#record.loaded.record.active
    await this.#record.change(async (record) => {
      if (record.active['kid'] !== kid) return undefined
      return rotated(record, await make(alg, missingToRotate(record)), { now: clock(), retireAfter })
    })
  }

  /** Reads the store in the background. */
  #look(): void {
    void this.#withKeysInHand(() => this.#record.look())
  }

  /** Before a token is signed: reads the store, and rotates if that is due. */
  #keepUp(): Promise<void> {
    return this.#withKeysInHand(async () => {
      await this.#record.look()
      if (this.#isDue()) await this.#replaceActive()
    })
  }

  /**
   * Runs work for which nobody must wait. A store that is down changes nothing: the known keys are good as long as they are
   * published, and the session's own operation reports the outage. Any other failure is a mistake in the configuration; the
   * next signature throws it.
   */
  async #withKeysInHand(work: () => Promise<void>): Promise<void> {
    try {
      await work()
      this.#failure = undefined
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) this.#failure = { error }
    }
  }

  async #reloadForUnknownKid(): Promise<boolean> {
    if (this.#record.age < reloadAtMost) return true
    try {
      await this.#record.look()
      return true
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error
      return false
    }
  }
}

async function make(alg: Algorithm, count: number): Promise<readonly Jwk[]> {
  const pairs = await Promise.all(Array.from({ length: count }, () => createPrivateJwk(alg)))
  return pairs.map(({ privateJwk }) => privateJwk)
}
