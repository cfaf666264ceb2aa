import { type Algorithm, type Clock, ConfigError, type JwkSet } from '@latchkey/core'
import { refuseUnknownOptions, requireNonNegative, systemClock } from '@latchkey/core/adapter'
import { type SessionStore, StoreUnavailableError } from '../store/session-store.js'
import { entriesOf, type HeldSigningKeys, type KeyringEntry, publish, withoutRetired } from './held-signing-keys.js'
import type { Keyring, SigningKey } from './keyring.js'
import { type KeyringPlace, type KeyringView, loadOrMake, writeRecord } from './keyring-state.js'
import { createPrivateJwk } from './private-key.js'
import { createKeySealer } from './sealed-keys.js'

/** Where a shared keyring is kept and when its keys are replaced; durations in seconds. */
export interface StoredKeyringOptions {
  /** The store that the processes share. */
  readonly store: Pick<SessionStore, 'keys'>
  /** 32 bytes each, from where the app keeps its secrets. The first seals the private keys, all open them. */
  readonly keyEncryptionKeys: readonly Uint8Array[]
  /** Of the keys that are made. Default ES256. */
  readonly alg?: Algorithm
  /** After how long the active key is replaced. Default 2592000, 30 days. */
  readonly rotateEvery?: number
  /** For how long a key stays published after it was replaced. Default 86400, a day. */
  readonly retireAfter?: number
  /** How old this process's view may become before it looks again, at the next token it issues. Default 60. */
  readonly reloadEvery?: number
  /** The present in seconds since the epoch. Default: the system clock. */
  readonly clock?: Clock
}

/** A keyring that many processes share. */
export interface StoredKeyring extends Keyring {
  /** The keys and their states as this process knows them, the active one first. */
  keys(): readonly KeyringEntry[]
  /** Replaces the active key now. Of several processes that do so at once, one does it. */
  rotate(): Promise<void>
  /** Looks at the store now. Rejects with `StoreUnavailableError` where it does not answer. */
  reload(): Promise<void>
}

/** Least seconds between two looks at the store for an unknown kid. */
const reloadAtMost = 1

/**
 * Makes a keyring that lives in a store, its private parts encrypted. The first process makes the keys. Each looks at
 * the store again when its view is older than `reloadEvery` and it is asked for a key, and at once where a token names a key
 * that it does not know. A rotation that is due is made by whoever issues a token first: the store compares versions, so it
 * happens once. A coming key is published a whole rotation before it signs. No timers.
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
  #view: KeyringView
  #published: JwkSet | undefined
  #reloading: Promise<void> | undefined

  constructor(settings: Settings, view: KeyringView) {
    this.retireAfter = settings.retireAfter
    this.#settings = settings
    this.#view = view
  }

  async signingKey(): Promise<SigningKey> {
    await this.#keepUp()
    return this.#held().active
  }

  jwks(): JwkSet {
    const held = this.#held()
    this.#published ??= publish(held)
    return this.#published
  }

  keys(): readonly KeyringEntry[] {
    return entriesOf(this.#held())
  }

  async rotate(): Promise<void> {
    await this.reload()
    await this.#rotateFrom(this.#view)
  }

  /** One look at a time, whoever needs it. */
  reload(): Promise<void> {
    this.#reloading ??= loadOrMake(this.#settings, this.#view.held)
      .then((view) => this.#show(view))
      .finally(() => {
        this.#reloading = undefined
      })
    return this.#reloading
  }

  /** Drops what has retired; cheap, since it is asked at every token. */
  #held(): HeldSigningKeys {
    const held = withoutRetired(this.#view.held, this.#settings.clock())
    if (held !== this.#view.held) {
      this.#view = { ...this.#view, held }
      this.#published = undefined
    }
    return held
  }

  #show(view: KeyringView): void {
    if (view.version !== this.#view.version) this.#published = undefined
    this.#view = view
  }

  /** Before a token is signed: looks again where the view is old, and rotates where that is due. */
  async #keepUp(): Promise<void> {
    const { clock, reloadEvery } = this.#settings
    if (clock() < this.#view.loadedAt + reloadEvery && !this.#isDue()) return
    await this.#unlessUnavailable(async () => {
      await this.reload()
      if (this.#isDue()) await this.#rotateFrom(this.#view)
    })
  }

  #isDue(): boolean {
    return this.#settings.clock() >= this.#view.record.activeSince + this.#settings.rotateEvery
  }

  async #rotateFrom({ version, record }: KeyringView): Promise<void> {
    const { alg, clock, retireAfter } = this.#settings
    const { privateJwk } = await createPrivateJwk(alg)
    const now = clock()
    const [active = record.active, ...coming] = [...record.coming, privateJwk]
    const retiring = [...record.retiring, { key: record.active, until: now + retireAfter }]
    const kept = retiring.filter(({ until }) => now < until)
    await writeRecord(this.#settings, version, { active, coming, retiring: kept, activeSince: now })
    // Where another process was first, its rotation is the one that counts.
    await this.reload()
  }

  async #reloadForUnknownKid(): Promise<boolean> {
    if (this.#settings.clock() < this.#view.loadedAt + reloadAtMost) return true
    return this.#unlessUnavailable(() => this.reload())
  }

  /** The keys in hand are good for as long as they are published; that the store is down the session's own call says. */
  async #unlessUnavailable(action: () => Promise<void>): Promise<boolean> {
    try {
      await action()
      return true
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error
      return false
    }
  }
}

interface Settings extends KeyringPlace {
  readonly rotateEvery: number
  readonly retireAfter: number
  readonly reloadEvery: number
}

function readOptions(options: StoredKeyringOptions): Settings {
  const names = ['store', 'keyEncryptionKeys', 'alg', 'rotateEvery', 'retireAfter', 'reloadEvery', 'clock']
  refuseUnknownOptions('createStoredKeyring', options, names)
  const { alg = 'ES256', rotateEvery = 2_592_000, retireAfter = 86_400, reloadEvery = 60 } = options
  for (const [name, seconds] of Object.entries({ rotateEvery, retireAfter, reloadEvery })) {
    requireNonNegative(`createStoredKeyring: ${name}`, seconds)
  }
  if (rotateEvery <= reloadEvery) {
    throw new ConfigError(
      'createStoredKeyring: rotateEvery must be longer than reloadEvery, or a process could miss a key.',
    )
  }
  const store = options.store?.keys
  if (store === undefined)
    throw new ConfigError('createStoredKeyring: store is missing. Give the one that the sessions use.')
  const clock = options.clock ?? systemClock
  return {
    store,
    sealer: createKeySealer(options.keyEncryptionKeys),
    alg,
    rotateEvery,
    retireAfter,
    reloadEvery,
    clock,
  }
}
