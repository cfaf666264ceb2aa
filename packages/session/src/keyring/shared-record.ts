import { StoreUnavailableError } from '../store/session-store.js'
import { type KeyringPlace, type LoadedRecord, loadOrMake, writeRecord } from './keyring-record.js'
import type { KeyringRecord } from './sealed-keys.js'

/** How often a write is tried while other processes keep changing the record. After that the store counts as unavailable. */
const attempts = 10

/** A keyring's record as this process knows it, with functions to update and to change it. */
export class SharedRecord {
  readonly #place: KeyringPlace
  readonly #onChange: (loaded: LoadedRecord) => void
  #loaded: LoadedRecord
  #looking: Promise<void> | undefined

  /** @param onChange is called with each record that differs from the one before */
  constructor(place: KeyringPlace, loaded: LoadedRecord, onChange: (loaded: LoadedRecord) => void) {
    this.#place = place
    this.#loaded = loaded
    this.#onChange = onChange
  }

  /** The record as it was last read. */
  get loaded(): LoadedRecord {
    return this.#loaded
  }

  /** Seconds since the store last answered a read. */
  get age(): number {
    return this.#place.clock() - this.#loaded.loadedAt
  }

  /** Reads the store again. All who need it at the same time share one read. Rejects with `StoreUnavailableError`. */
  look(): Promise<void> {
    this.#looking ??= this.#load().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  /** Starts a new read, so that it finds whatever others have written before this call. Rejects with `StoreUnavailableError`. */
  async lookAnew(): Promise<void> {
    // The result of the running read does not matter here.
    await this.#looking?.catch(() => {})
    await this.look()
  }

  /**
   * Changes the record in the store. If another process has changed it meanwhile, it tries again with the new one.
   *
   * @param change gives the record to write; undefined if no change is needed
   * @returns whether it was written
   * @throws StoreUnavailableError, as a rejection
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
