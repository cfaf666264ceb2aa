import type { Algorithm, Clock, Jwk } from '@latchkey/core'
import { withDeadline } from '../store/kit/with-deadline.js'
import { type KeyStore, StoreUnavailableError } from '../store/session-store.js'
import { type KeyringState, keysOf } from './keyring-state.js'
import { createPrivateJwk, type LoadedKey, loadKey } from './private-key.js'
import type { KeyringRecord, KeySealer } from './sealed-keys.js'

/** Where a keyring's record is, and how it is read. */
export interface KeyringPlace {
  readonly store: KeyStore
  readonly sealer: KeySealer
  /** The algorithm of new keys. */
  readonly alg: Algorithm
  readonly clock: Clock
}

/** The record as one process has read it. */
export interface LoadedRecord {
  /** The store's count of writes. */
  readonly version: number
  /** The text in the store, which is different for each record. */
  readonly sealed: string
  readonly record: KeyringRecord
  /** The same keys, imported. */
  readonly keys: KeyringState<LoadedKey>
  /** When it was read, in seconds since the epoch. */
  readonly loadedAt: number
}

/** How long the store may take for an answer, in seconds of real time. */
const deadline = 3

/**
 * Reads the record, and makes one if there is none yet.
 *
 * @param before what this process has read last, so that it neither decrypts the same record nor imports the same key again
 * @throws StoreUnavailableError if the store does not answer, as a rejection
 */
export async function loadOrMake(place: KeyringPlace, before: LoadedRecord | undefined): Promise<LoadedRecord> {
  const found = await readRecord(place, before)
  if (found !== undefined) return found
  const { alg, clock } = place
  const [active, coming] = await Promise.all([createPrivateJwk(alg), createPrivateJwk(alg)])
  const record = { active: active.privateJwk, coming: [coming.privateJwk], retiring: [], activeSince: clock() }
  await writeRecord(place, 0, record)
  const made = await readRecord(place, before)
  if (made === undefined) throw new StoreUnavailableError()
  return made
}

async function readRecord(place: KeyringPlace, before: LoadedRecord | undefined): Promise<LoadedRecord | undefined> {
  const { store, sealer, clock } = place
  const stored = await withDeadline(store.read(), deadline)
  if (stored === null) return undefined
  if (stored.sealed === before?.sealed) return { ...before, version: stored.version, loadedAt: clock() }
  const { record, isCurrent } = await sealer.open(stored.sealed)
  // It was encrypted with an older key, so it is encrypted again. If another process was first, its record is as good.
  if (!isCurrent && (await writeRecord(place, stored.version, record))) return readRecord(place, before)
  return { ...stored, record, keys: await importKeys(record, before?.keys), loadedAt: clock() }
}

/** Replaces the record, unless somebody else has replaced it since it was read. Gives whether it was written. */
export async function writeRecord(
  { store, sealer }: KeyringPlace,
  expected: number,
  record: KeyringRecord,
): Promise<boolean> {
  return withDeadline(store.write(expected, await sealer.seal(record)), deadline)
}

async function importKeys(
  { active, coming, retiring, activeSince }: KeyringRecord,
  before: KeyringState<LoadedKey> | undefined,
): Promise<KeyringState<LoadedKey>> {
  const known = new Map((before === undefined ? [] : keysOf(before)).map((key) => [key.kid, key]))
  const load = async (jwk: Jwk): Promise<LoadedKey> =>
    known.get(String(jwk['kid'])) ?? loadKey(jwk, 'The stored keyring')
  return {
    active: await load(active),
    coming: await Promise.all(coming.map(load)),
    retiring: await Promise.all(retiring.map(async ({ key, until }) => ({ key: await load(key), until }))),
    activeSince,
  }
}
