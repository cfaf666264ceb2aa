/**
 * What a session store keeps and does. Each operation is one atomic step, so that any number of processes may share a
 * store. A store sees hashes and sealed values, never a token or a private key. Times are seconds since the epoch by the store's
 * own clock (the database server's), unless the store was made with one.
 *
 * Where the database cannot be reached an operation rejects with `StoreUnavailableError`; any other rejection is a bug.
 */
export interface SessionStore extends FamilyStore {
  /** The list of families whose access tokens are refused before they expire. */
  readonly revocations: RevocationLog
  /** The keyring's place, for apps with many processes. */
  readonly keys: KeyStore
  /** Makes what is missing in the database (tables, indexes); safe for several processes at once. Resolves when connected. */
  prepare(): Promise<void>
}

/** A session: the line of refresh tokens that began with one log-in (RFC 9700 §4.14.2). */
export interface Family {
  /** Selector: public, random; the first part of each of its refresh tokens and the `sid` of its access tokens. */
  readonly id: string
  readonly sub: string
  readonly clientId?: string
  readonly scope: readonly string[]
  /** The app's own claims, copied into each access token. */
  readonly claims: { readonly [claim: string]: unknown }
  readonly startedAt: number
  /** When it ends if it is not refreshed. Never after `absoluteEnd`. */
  readonly expiresAt: number
  /** When it ends whatever happens. */
  readonly absoluteEnd: number
}

/** What a store keeps of a family, of constant size however often it was refreshed. */
export interface FamilyRecord {
  readonly family: Family
  /** Hash of the live refresh token. */
  readonly current: string
  /** Hash of its parent; null before the first rotation. */
  readonly parent: string | null
  /** Until when the parent gets the same successor again; null before the first rotation. */
  readonly graceUntil: number | null
  /** Key that tells an issued token of this family from a forged one; it cannot make a live one. */
  readonly tagKey: string
}

/** A family to begin; the store adds the times. */
export interface NewFamily extends Omit<Family, 'startedAt' | 'expiresAt' | 'absoluteEnd'> {
  readonly current: string
  readonly tagKey: string
  /** Seconds without a refresh after which it ends. */
  readonly idleTtl: number
  /** Seconds after which it ends in any case. */
  readonly absoluteTtl: number
}

/** One step from a refresh token to the next. */
export interface Rotation {
  readonly id: string
  /** Hash of the token that was presented. */
  readonly presented: string
  /** Hash of the token that takes its place. */
  readonly successor: string
  /** The successor itself, sealed under a key that only the holder of the presented token can derive. */
  readonly sealedSuccessor: string
  /** Seconds for which the presented token gets the same successor again. */
  readonly reuseGrace: number
  readonly idleTtl: number
  /** New scope and claims for the family; absent: as they are. */
  readonly grant?: Pick<Family, 'scope' | 'claims'>
}

/** What became of a rotation. */
export type RotationResult =
  /** The presented token was the live one: it is consumed and the successor is in its place. */
  | { readonly outcome: 'rotated'; readonly family: Family }
  /** It was the parent of the live one, within the grace: nothing changed; here is the successor it got then. */
  | { readonly outcome: 'repeated'; readonly family: Family; readonly sealedSuccessor: string }
  /** The family lives and the token is neither: superseded, or never issued. `tagKey` tells which. Nothing changed. */
  | { readonly outcome: 'mismatch'; readonly tagKey: string }
  /** No such family: never begun, ended or expired. */
  | { readonly outcome: 'unknown' }

export interface FamilyStore {
  /** Begins a family. */
  start(family: NewFamily): Promise<Family>
  /** Looks at a living family without changing it. */
  read(id: string): Promise<FamilyRecord | null>
  /** Check hash, alive, not expired → consume, insert the successor; one atomic step. */
  rotate(rotation: Rotation): Promise<RotationResult>
  /** Ends a family; true for exactly the one call that found it alive. After it resolves nothing of it rotates. */
  end(id: string): Promise<boolean>
  /** Ends every family of a subject that began before the call; gives the ids of those found alive. */
  endAll(sub: string): Promise<readonly string[]>
  /** The living families of a subject. */
  list(sub: string): Promise<readonly Family[]>
}

/** Families whose access tokens are refused, each until the last of them has expired by itself. */
export interface RevocationLog {
  /** Adds families and tells every watcher. Entries are forgotten `forSeconds` later. */
  add(ids: readonly string[], forSeconds: number): Promise<void>
  /**
   * Loads the list and follows it. Resolves once it is loaded; a lost connection is reported as `unsure`, and after the
   * reload as `sure`.
   *
   * @returns a function that stops watching
   */
  watch(watcher: RevocationWatcher): Promise<() => Promise<void>>
}

export interface RevocationWatcher {
  /** A family is revoked; `forSeconds` is what is left of its time on the list. May be told more than once. */
  revoked(id: string, forSeconds: number): void
  /** From now until `sure` entries may be missing. */
  unsure(): void
  sure(): void
}

/** A single versioned record: the keyring, its private parts encrypted. */
export interface KeyStore {
  read(): Promise<KeyRecord | null>
  /** Replaces the record where its version still is `expected` (0: none yet). False where another process was first. */
  write(expected: number, sealed: string): Promise<boolean>
}

export interface KeyRecord {
  /** Counts the writes, from 1. */
  readonly version: number
  readonly sealed: string
}

/** The database of a store cannot be reached, or did not answer in time. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError'

  constructor(cause?: unknown) {
    super('The session store cannot be reached.', { cause })
  }
}
