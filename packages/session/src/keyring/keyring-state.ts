import type { Algorithm, Clock } from '@latchkey/core'
import { withDeadline } from '../store/guarded-store.js'
import { type KeyStore, StoreUnavailableError } from '../store/session-store.js'
import type { HeldSigningKeys } from './held-signing-keys.js'
import { createPrivateJwk, type LoadedKey } from './private-key.js'
import { type KeyringRecord, type KeySealer, loadRecord } from './sealed-keys.js'

/** Where a keyring's record is and how it is read. */
export interface KeyringPlace {
  readonly store: KeyStore
  readonly sealer: KeySealer
  /** Of keys that are made. */
  readonly alg: Algorithm
  readonly clock: Clock
}

/** What one process knows of the record. */
export interface KeyringView {
  readonly version: number
  readonly record: KeyringRecord
  readonly held: HeldSigningKeys
  /** Seconds since the epoch. */
  readonly loadedAt: number
}

/** Real seconds that the store is given. */
const deadline = 3

/**
 * Looks at the record, and makes it where there is none yet.
 *
 * @param known keys that are imported already
 */
export async function loadOrMake(place: KeyringPlace, known: HeldSigningKeys | undefined): Promise<KeyringView> {
  const found = await readRecord(place, known)
  if (found !== undefined) return found
  const { alg, clock } = place
  const [active, coming] = await Promise.all([createPrivateJwk(alg), createPrivateJwk(alg)])
  const record = { active: active.privateJwk, coming: [coming.privateJwk], retiring: [], activeSince: clock() }
  await writeRecord(place, 0, record)
  const made = await readRecord(place, known)
  if (made === undefined) throw new StoreUnavailableError()
  return made
}

async function readRecord(place: KeyringPlace, known: HeldSigningKeys | undefined): Promise<KeyringView | undefined> {
  const { store, sealer, clock } = place
  const stored = await withDeadline(store.read(), deadline)
  if (stored === null) return undefined
  const { record, isCurrent } = await sealer.open(stored.sealed)
  // Sealed under a key that is being replaced: sealed anew. Where another process was first, its record is as good.
  const version = !isCurrent && (await writeRecord(place, stored.version, record)) ? stored.version + 1 : stored.version
  return { version, record, held: await loadRecord(record, keysOf(known)), loadedAt: clock() }
}

/** Replaces the record where nobody else has done so since it was read. */
export async function writeRecord(
  { store, sealer }: KeyringPlace,
  expected: number,
  record: KeyringRecord,
): Promise<boolean> {
  return withDeadline(store.write(expected, await sealer.seal(record)), deadline)
}

function keysOf(held: HeldSigningKeys | undefined): ReadonlyMap<string, LoadedKey> {
  if (held === undefined) return new Map()
  const { active, coming, retiring } = held
  return new Map([active, ...coming, ...retiring.map(({ key }) => key)].map((key) => [key.kid, key]))
}
