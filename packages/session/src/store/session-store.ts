/**
 * What a session store keeps and does. Each operation is one atomic step, so that any number of processes may share a
 * store. A store sees hashes and sealed values, never a token or a private key. Times are seconds since the epoch by the store's
 * own clock (the database server's), unless the store was made with one.
 *
 * Where the database cannot be reached an operation rejects with `StoreUnavailableError`; any other rejection is a bug.
 */
export interface SessionStore {
  /**
   * The sessions of one issuer. To another issuer they do not exist: a hash of the issuer is in every key. Apps of one issuer
   * (web and native, several APIs) share them.
   */
  familiesOf(issuer: string): FamilyStore
  /** The keyring's place, for apps with many processes. */
  readonly keys: KeyStore
  /** Makes what is missing in the database (tables, indexes); safe for several processes at once. Resolves when connected. */
  prepare(): Promise<void>
}

/** A session: the line of refresh tokens that began with one log-in (RFC 9700 §4.14.2). */
export interface Family {
  /**
   * Selector: public; the first part of each of its refresh tokens and the `sid` of its access tokens. As `newFamilyId` makes it:
   * 16 characters that stand for the subject, then 20 random ones.
   */
  readonly id: string
  readonly sub: string
  readonly clientId?: string
  /** Whom the access tokens were for when it began. Never changes. */
  readonly audience: readonly string[]
  readonly scope: readonly string[]
  /** The app's own claims, copied into each access token. */
  readonly claims: { readonly [claim: string]: unknown }
  /** What the app calls it on a page of devices; in no token. */
  readonly label: string | null
  readonly startedAt: number
  /** When it was last refreshed; when it started, where it never was. */
  readonly refreshedAt: number
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
  /** Key that the challenges for its device are made with; null: none was given at its start. */
  readonly challengeKey: string | null
  /** The public key of the device that it is bound to, as text; null: it is not bound. */
  readonly deviceKey: string | null
}

/**
 * There is no such living family. `idle` and `absolute`: it expired so; `unbound`: it was not bound in time, and whoever meets it
 * first ends it; `ended`: ended before its time. `unknown`: it never began, or the store does not know it any more, which
 * a store may say of any of the others but `unbound`.
 */
export type WhyGone = 'unknown' | 'idle' | 'absolute' | 'ended' | 'unbound'

/** The answer about a family that does not live. */
export interface Gone {
  readonly gone: WhyGone
}

/** A family to begin; the store adds the times. */
export interface NewFamily extends Omit<Family, 'startedAt' | 'refreshedAt' | 'expiresAt' | 'absoluteEnd'> {
  readonly current: string
  readonly tagKey: string
  /** Seconds without a refresh after which it ends. */
  readonly idleTtl: number
  /** Seconds after which it ends in any case. */
  readonly absoluteTtl: number
  /**
   * Seconds for which anybody might accept the access token that is given out with it: its life, what verifiers tolerate, and
   * what clocks differ by.
   */
  readonly accessTtl: number
  /** How many living families its subject may have, this one included, 1 or more. Beyond that, those refreshed longest ago end. */
  readonly perSubject: number
  /** Key for the challenges of its device. Default: none. */
  readonly challengeKey?: string
  /** Seconds after which it is over where it is not bound to a device by then. Default: it need not be bound. */
  readonly bindWithin?: number
  /** The app's own secrets, sealed: see `replaceSealed`. Default: none. */
  readonly sealed?: string
}

/** What a start has led to. */
export interface Started {
  readonly family: Family
  /** Living families that have ended because there were too many: of this subject, or, where memory is bounded, of others. */
  readonly evicted: readonly Ended[]
}

/** A family that was alive and has ended. */
export interface Ended {
  readonly id: string
  /** Seconds until the last access token issued for it has expired; it is on the revocation log for as long. */
  readonly revokeFor: number
}

/** One step from a refresh token to the next. */
export interface Rotation {
  readonly id: string
  /** Hash of the token that was presented. */
  readonly presented: string
  /** Hash of the token that takes its place. Never used for another rotation. */
  readonly successor: string
  /** The successor itself, sealed under a key that only the holder of the presented token can derive. */
  readonly sealedSuccessor: string
  /** Seconds for which the presented token gets the same successor again. */
  readonly reuseGrace: number
  readonly idleTtl: number
  /** As for a new family, of the access token that is given out with the successor. */
  readonly accessTtl: number
  /** New scope and claims for the family; absent: as they are. */
  readonly grant?: Pick<Family, 'scope' | 'claims'>
  /**
   * The device has proven itself: where the family is bound, the parent of the live token is taken at any time, as within the
   * grace.
   */
  readonly proven?: boolean
}

/** What became of a rotation. */
export type RotationResult =
  /**
   * The presented token was the live one: it is consumed and the successor is in its place. Also where this very rotation,
   * successor included, was carried out before and its successor is still live: asking again for the same step does nothing more.
   */
  | { readonly outcome: 'rotated'; readonly family: Family }
  /** It was the parent of the live one, within the grace: nothing changed; here is the successor it got then. */
  | { readonly outcome: 'repeated'; readonly family: Family; readonly sealedSuccessor: string }
  /** The family lives and the token is neither: superseded, or never issued. `tagKey` tells which. Nothing changed. */
  | { readonly outcome: 'mismatch'; readonly tagKey: string }
  /** There is no such living family. Nothing changed. */
  | { readonly outcome: 'gone'; readonly gone: WhyGone }

/** A family to be bound to a device. */
export interface Binding {
  readonly id: string
  /** The device's public key, as text. */
  readonly deviceKey: string
  /** Seconds after its start in which it can be bound, the last instant included. */
  readonly within: number
}

/**
 * What became of a binding. `bound`: it is bound from now on; `same` and `other`: it has been bound before, to this key or another;
 * `late`: too long after its start. Nothing changed but with `bound`.
 */
export type BindingResult = 'bound' | 'same' | 'other' | 'late' | 'gone'

/**
 * The sessions of one issuer. Every operation takes last how many real seconds its caller waits for the answer, 3 where it does not say:
 * a store does not begin anything after that, and a rotation that could only be carried out later is not carried out at all.
 */
export interface FamilyStore {
  /** Begins a family, and ends those of its subject that are too many. */
  start(family: NewFamily, within?: number): Promise<Started>
  /** Looks at a living family without changing it. */
  read(id: string, within?: number): Promise<FamilyRecord | Gone>
  /** Check hash, alive, not expired → consume, insert the successor; one atomic step. */
  rotate(rotation: Rotation, within?: number): Promise<RotationResult>
  /**
   * Ends a family and writes it to the revocation log, until the last access token issued for it has expired, whatever the
   * settings of who ends it. An answer for exactly the one call that found it, else null. After it resolves nothing of it rotates.
   */
  end(id: string, within?: number): Promise<Ended | null>
  /**
   * Ends every family that a subject began before the call, in one step however many there are, and writes them to the
   * revocation log as `end` does. One that begins after it has resolved lives.
   *
   * @returns those found alive
   */
  endAll(sub: string, within?: number): Promise<readonly Ended[]>
  /** The living families of a subject, the one begun last first. */
  list(sub: string, within?: number): Promise<readonly Family[]>
  /** Binds a family to a device's key, once; one atomic step. */
  bind(binding: Binding, within?: number): Promise<BindingResult>
  /** The app's own secrets in a family's record; null where there are none, and where there is no such living family. */
  readSealed(id: string, within?: number): Promise<string | null>
  /**
   * Puts `next` in the place of `expected` in one atomic step; null stands for none. They go with the family, and are sealed: what
   * a store keeps opens nothing by itself.
   *
   * @returns false where something else stands there, or the family does not live; nothing changed then
   */
  replaceSealed(id: string, expected: string | null, next: string | null, within?: number): Promise<boolean>
  /** The families whose access tokens are refused before they expire. */
  readonly revocations: RevocationLog
}

/** Families that ended before their time, each until the last of its access tokens has expired by itself. */
export interface RevocationLog {
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
