import { StoreUnavailableError } from '../store/session-store.js'
import { type KeyringPlace, type LoadedRecord, loadOrMake, writeRecord } from './keyring-record.js'
import type { KeyringRecord } from './sealed-keys.js'

/** Attempts to write before a record that others keep changing counts as out of reach. */
const attempts = 10

/** A keyring's record as this process knows it, and how it is brought up to date and changed. */
export class SharedRecord {
  readonly #place: KeyringPlace
  readonly #onChange: (loaded: LoadedRecord) => void
  #loaded: LoadedRecord
  #looking: Promise<void> | undefined

  /** @param onChange told of each record that is another than the one before */
  constructor(place: KeyringPlace, loaded: LoadedRecord, onChange: (loaded: LoadedRecord) => void) {
    this.#place = place
    this.#loaded = loaded
    this.#onChange = onChange
  }

  /** As the last look found it. */
  get loaded(): LoadedRecord {
    return this.#loaded
  }

  /** Seconds since the last look that had an answer. */
  get age(): number {
    return this.#place.clock() - this.#loaded.loadedAt
  }

  /** Looks at the store; one look at a time, whoever needs it. Rejects with `StoreUnavailableError`. */
  look(): Promise<void> {
    this.#looking ??= this.#load().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  /** A look that begins now: what others have written before it was asked for is found. */
  async lookAnew(): Promise<void> {
    // Whether the one under way succeeds says nothing here.
    await this.#looking?.catch(() => {})
    await this.look()
  }

  /**
   * Changes the record as it stands in the store, again where another process has changed it meanwhile.
   *
   * @param change gives the record to write; undefined: none is needed
   * @returns whether it was written. Rejects with `StoreUnavailableError`
   */
  async change(change: (record: KeyringRecord) => Promise<KeyringRecord | undefined>): Promise<boolean> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const { version, record } = this.#loaded
      const next = await change(record)
      if (next === undefined) return false
      const written = await writeRecord(this.#place, version, next)
      await this.lookAnew()
      if (written) return true
    }
    throw new StoreUnavailableError()
  }

  async #load(): Promise<void> {
    const loaded = await loadOrMake(this.#place, this.#loaded)
    const isOther = loaded.sealed !== this.#loaded.sealed
    this.#loaded = loaded
    if (isOther) this.#onChange(loaded)
  }
}
