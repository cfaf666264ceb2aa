import type { Algorithm, Jwk, JwkSet } from '@latchkey/core'
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

/** A keyring that many processes share. */
export interface StoredKeyring extends Keyring {
  /** The keys and their states as this process knows them, the active one first. */
  keys(): readonly KeyringEntry[]
  /** Replaces the active key now. Of several processes that do so at once, one does it. */
  rotate(): Promise<void>
  /**
   * Takes a key out, one that was stolen say. What it signed is refused here at once, and by every other process of this store
   * within two seconds, also where no request comes. Where it was the active key, the coming one signs. Others who verify by the
   * JWKS route drop it when they fetch again.
   *
   * @returns false where the keyring has no such key. Rejects with `StoreUnavailableError` where the store does not answer
   */
  withdraw(kid: string): Promise<boolean>
  /** Looks at the store now. Rejects with `StoreUnavailableError` where it does not answer. */
  reload(): Promise<void>
  /** Stops looking at the store every second. */
  close(): void
}

/** Least seconds between two looks at the store for an unknown kid. */
const reloadAtMost = 1
/** Real seconds from one look at the store to the next. */
const lookEvery = 1
/** Real seconds for which signing waits for a look at the store. After that the keys in hand do. */
const signingWaits = 0.5

/**
 * Makes a keyring that lives in a store, its private parts encrypted. The first process makes the keys. Each looks at the store
 * every second, when what it knows is older than `reloadEvery`, and at once where a token names a key that it does not know. It
 * goes on with the keys in hand while it looks. A rotation that is due is made by whoever issues a token first: the store
 * compares versions, so it happens once. A coming key is published a whole rotation before it signs. The timer does not keep
 * the process alive.
 *
 * @throws ConfigError for an option that is unknown or unsafe, or a record sealed under another key (as a rejection)
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
  /** Why the last look failed, but for a store that is down. */
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
    if (this.#isOld() || this.#isDue()) await atMost(signingWaits, this.#keepUp())
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

  /** Drops what has retired; cheap, since it is asked at every token. */
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

  /** Looks in the background. */
  #look(): void {
    void this.#withKeysInHand(() => this.#record.look())
  }

  /** Before a token is signed: looks again, and rotates where that is due. */
  #keepUp(): Promise<void> {
    return this.#withKeysInHand(async () => {
      await this.#record.look()
      if (this.#isDue()) await this.#replaceActive()
    })
  }

  /**
   * Work that nobody has to wait for. A store that is down changes nothing: the keys in hand are good as long as they are published,
   * and the session's own call says that it is down. Any other failure is one of configuration, and the next signature says so.
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

/** Waits for work that goes on by itself, but no longer than so many real seconds. */
async function atMost(seconds: number, work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, seconds * 1000)
  })
  await Promise.race([work, enough]).finally(() => clearTimeout(timer))
}
