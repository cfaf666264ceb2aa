/**
 * What a session store keeps and does. Each operation is one atomic step, so that any number of processes can share a store. A
 * store sees hashes and encrypted ("sealed") values, never a token or a private key. Times are in seconds since the epoch, by
 * the clock of the store (that of the database server), unless the store was made with another clock.
 *
 * If the database cannot be reached, an operation rejects with `StoreUnavailableError`. Any other rejection is a bug.
 */
export interface SessionStore {
  /**
   * Gives the sessions of one issuer. They do not exist for another issuer: a hash of the issuer is in every key. Apps with the
   * same issuer (web and native, several APIs) share them.
   */
  familiesOf(issuer: string): FamilyStore
  /** The place of a keyring, for apps with many processes. */
  readonly keys: KeyStore
  /** Makes what is missing in the database (tables, indexes). Several processes may call it at once. Resolves when connected. */
  prepare(): Promise<void>
}

/** A session: the line of refresh tokens that began with one log-in (RFC 9700 §4.14.2). */
export interface Family {
  /**
   * The public id: the first part of each of its refresh tokens, and the `sid` of its access tokens. `newFamilyId` makes it: 16
   * characters that stand for the subject, then 20 random ones.
   */
  readonly id: string
  /** The subject: the user's id. */
  readonly sub: string
  /** The client that has logged in; absent if there is none. */
  readonly clientId?: string
  /** The audience of its access tokens when it started. It never changes. */
  readonly audience: readonly string[]
  /** The granted scopes. */
  readonly scope: readonly string[]
  /** The app's own claims, which are copied into each access token. */
  readonly claims: { readonly [claim: string]: unknown }
  /** The name of the session on a page of devices; in no token. */
  readonly label: string | null
  /** When it started. */
  readonly startedAt: number
  /** When it was last refreshed, or when it started if it was never refreshed. */
  readonly refreshedAt: number
  /** When it ends if it is not refreshed before. Never after `absoluteEnd`. */
  readonly expiresAt: number
  /** When it ends in any case. */
  readonly absoluteEnd: number
}

/** What a store keeps of a family. Its size does not grow with the number of refreshes. */
export interface FamilyRecord {
  /** The family itself. */
  readonly family: Family
  /** The hash of the live refresh token. */
  readonly current: string
  /** The hash of its parent, which it has replaced; null before the first rotation. */
  readonly parent: string | null
  /** Until when the parent gets the same successor again; null before the first rotation. */
  readonly graceUntil: number | null
  /** The key that tells an issued token of this family from a forged one. It cannot make a live token. */
  readonly tagKey: string
  /** The key for the challenges of its device; null: none was given at its start. */
  readonly challengeKey: string | null
  /** The public key of the device that it is bound to, as text; null: it is not bound. */
  readonly deviceKey: string | null
}

/**
 * Why a family is not alive.
 *
 * - `idle`: it was not refreshed in time.
 * - `absolute`: its absolute life is over.
 * - `unbound`: it was not bound to a device in time; whoever gets this answer first ends it.
 * - `ended`: it was ended before its time.
 * - `unknown`: it never started, or the store does not know it any more. A store may also say this in place of any other but
 *   `unbound`.
 */
export type WhyGone = 'unknown' | 'idle' | 'absolute' | 'ended' | 'unbound'

/** The answer about a family that is not alive. */
export interface Gone {
  /** Why it is not alive. */
  readonly gone: WhyGone
}

/** A family to start. The store adds the times. Durations are in seconds. */
export interface NewFamily extends Omit<Family, 'startedAt' | 'refreshedAt' | 'expiresAt' | 'absoluteEnd'> {
  /** The hash of its first refresh token. */
  readonly current: string
  /** The key that tells an issued token of this family from a forged one. */
  readonly tagKey: string
  /** After how many seconds without a refresh it ends. */
  readonly idleTtl: number
  /** After how many seconds it ends in any case. */
  readonly absoluteTtl: number
  /**
   * For how many seconds anybody may accept the access token that is given out with it: its life, plus what verifiers tolerate,
   * plus how far clocks may differ.
   */
  readonly accessTtl: number
  /**
   * How many living families its subject may have, with this one; 1 or more. If there are more, those that were refreshed
   * longest ago end.
   */
  readonly perSubject: number
  /** The key for the challenges of its device. Default: none. */
  readonly challengeKey?: string
  /** After how many seconds it ends if no device was bound to it. Default: it need not be bound. */
  readonly bindWithin?: number
  /** The app's own secrets, encrypted: see `replaceSealed`. Default: none. */
  readonly sealed?: string
}

/** The result of a start. */
export interface Started {
  /** The new family, with its times. */
  readonly family: Family
  /** The families that were ended because there were too many: of this subject, or of others if memory is limited. */
  readonly evicted: readonly Ended[]
}

/** A family that has ended before its time. */
export interface Ended {
  /** The family's id. */
  readonly id: string
  /** Seconds until the last access token that was issued for it expires. It stays on the revocation log for that time. */
  readonly revokeFor: number
  /** Whether it was over before, because it was not bound to a device in time. */
  readonly unbound: boolean
}

/** One step from a refresh token to the next. Durations are in seconds. */
export interface Rotation {
  /** The family's id. */
  readonly id: string
  /** The hash of the presented token. */
  readonly presented: string
  /** The hash of the token that replaces it. It is never used for another rotation. */
  readonly successor: string
  /** The successor itself, encrypted with a key that only the holder of the presented token can derive. */
  readonly sealedSuccessor: string
  /** For how many seconds the presented token gets the same successor again. */
  readonly reuseGrace: number
  /** After how many seconds without another refresh the family ends. */
  readonly idleTtl: number
  /** As for a new family, for the access token that is given out with the successor. */
  readonly accessTtl: number
  /** The family's new scope and claims. Default: they stay as they are. */
  readonly grant?: Pick<Family, 'scope' | 'claims'>
  /**
   * Whether the device has proven itself. Then a bound family accepts the parent of the live token at any time. Default false.
   */
  readonly proven?: boolean
}

/** The result of a rotation. */
export type RotationResult =
  /**
   * The presented token was the live one. It is used up, and the successor is live now. The answer is the same if exactly this
   * rotation, with this successor, was carried out before and the successor is still live; then nothing changes.
   */
  | { readonly outcome: 'rotated'; readonly family: Family }
  /** The presented token was the parent of the live one, within the grace. Nothing changed. Here is the successor that it got. */
  | { readonly outcome: 'repeated'; readonly family: Family; readonly sealedSuccessor: string }
  /** The family is alive, and the token is neither: it is older, or was never issued. `tagKey` tells which. Nothing changed. */
  | { readonly outcome: 'mismatch'; readonly tagKey: string }
  /** The family is not alive. Nothing changed. */
  | { readonly outcome: 'gone'; readonly gone: WhyGone }

/** A family to bind to a device. */
export interface Binding {
  /** The family's id. */
  readonly id: string
  /** The device's public key, as text. */
  readonly deviceKey: string
  /** For how many seconds after its start it can be bound, including the last instant. */
  readonly within: number
}

/**
 * The result of a binding. Only `bound` has changed something.
 *
 * - `bound`: the family is bound to the key from now on.
 * - `same`, `other`: it was already bound, to this key or to another one.
 * - `late`: its start is too long ago.
 * - `gone`: the family is not alive.
 */
export type BindingResult = 'bound' | 'same' | 'other' | 'late' | 'gone'

/**
 * The sessions of one issuer. The last parameter `within` of every operation says how many seconds of real time its caller
 * waits (default 3). After that time a store starts nothing more, and a rotation that could only be carried out later is not
 * carried out at all.
 */
export interface FamilyStore {
  /** Starts a family, and ends families of its subject if there are too many. */
  start(family: NewFamily, within?: number): Promise<Started>
  /** Reads a family without changing it. */
  read(id: string, within?: number): Promise<FamilyRecord | Gone>
  /** Checks that the family is alive and the hash is its live one; then replaces the hash by the successor's. One atomic step. */
  rotate(rotation: Rotation, within?: number): Promise<RotationResult>
  /**
   * Ends a family, and writes it to the revocation log until the last access token that was issued for it expires. After it
   * resolves, nothing of the family rotates.
   *
   * @returns what has ended, for exactly one call; null if the family has ended or expired, or never started
   */
  end(id: string, within?: number): Promise<Ended | null>
  /**
   * Ends every family that a subject has started before the call, in one step however many there are, and writes them to the
   * revocation log as `end` does. A family that starts after it has resolved stays alive.
   *
   * @returns the families that have ended by it
   */
  endAll(sub: string, within?: number): Promise<readonly Ended[]>
  /** Gives the living families of a subject. The one that started last is first. */
  list(sub: string, within?: number): Promise<readonly Family[]>
  /** Binds a family to a device's key, once; one atomic step. */
  bind(binding: Binding, within?: number): Promise<BindingResult>
  /** Gives the app's own secrets of a family, encrypted; null if there are none, or if the family is not alive. */
  readSealed(id: string, within?: number): Promise<string | null>
  /**
   * Replaces the app's own secrets of a family, if they still are `expected`; one atomic step. Null stands for none. The
   * secrets are encrypted, because a store must keep nothing that is useful by itself. They are dropped with the family.
   *
   * @returns false if the secrets are not `expected`, or if the family is not alive; then nothing has changed
   */
  replaceSealed(id: string, expected: string | null, next: string | null, within?: number): Promise<boolean>
  /** The families whose access tokens are refused before they expire. */
  readonly revocations: RevocationLog
}

/** The families that ended before their time. Each stays on the log until its last access token expires. */
export interface RevocationLog {
  /**
   * Loads the log and follows it. It resolves when the log is loaded. It reports a lost connection as `unsure`, and a reload
   * after it as `sure`.
   *
   * @returns a function that stops watching
   */
  watch(watcher: RevocationWatcher): Promise<() => Promise<void>>
}

/** Gets the entries of a revocation log. */
export interface RevocationWatcher {
  /** A family is revoked, for that many more seconds. It may be called several times for the same family. */
  revoked(id: string, forSeconds: number): void
  /** From now on entries may be missing, until `sure` is called. */
  unsure(): void
  /** No entries are missing. */
  sure(): void
}

/** Keeps one versioned record: the keyring, with its private keys encrypted. */
export interface KeyStore {
  /** Gives the record; null if there is none yet. */
  read(): Promise<KeyRecord | null>
  /** Replaces the record if its version still is `expected` (0: none yet). False if another process was first. */
  write(expected: number, sealed: string): Promise<boolean>
}

/** The record of a keyring in a store. */
export interface KeyRecord {
  /** Counts the writes, from 1. */
  readonly version: number
  /** The encrypted keyring. */
  readonly sealed: string
}

/** The database of a store cannot be reached, or did not answer in time. Sessions turn it into `store_unavailable` (503). */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError'

  /** @param cause the error of the database's client, or that it did not answer in time; default: none */
  constructor(cause?: unknown) {
    super('The session store cannot be reached.', cause === undefined ? {} : { cause })
  }
}
