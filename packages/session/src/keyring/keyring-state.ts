/**
 * A keyring's keys, by their state: private JWKs in a stored record, imported keys in a process. It is never changed; each step
 * gives a new one. Times are in seconds since the epoch.
 */
export interface KeyringState<Key> {
  /** The key that signs now. */
  readonly active: Key
  /** The keys that sign later. They are already published, so that verifiers know them before. */
  readonly coming: readonly Key[]
  /** The keys that signed before. Each is published until the given time; the earliest comes first. */
  readonly retiring: readonly { readonly key: Key; readonly until: number }[]
  /** When the active key became active. */
  readonly activeSince: number
}

/** When a rotation happens. */
export interface Moment {
  readonly now: number
  /** For how many seconds a key stays published after it signed for the last time. */
  readonly retireAfter: number
}

/** Gives how many keys must be made for a rotation: one becomes active, and one is the next coming key. */
export function missingToRotate({ coming }: KeyringState<unknown>): number {
  return Math.max(0, 2 - coming.length)
}

/**
 * Rotates once: the first coming key becomes active, and the active one retires.
 *
 * @param fresh as many new keys as `missingToRotate` says; they are the last coming ones
 */
export function rotated<Key>(
  state: KeyringState<Key>,
  fresh: readonly Key[],
  { now, retireAfter }: Moment,
): KeyringState<Key> {
  const { active, coming, retiring } = withoutRetired(state, now)
  const [next = active, ...rest] = [...coming, ...fresh]
  const retired = [...retiring, { key: active, until: now + retireAfter }]
  return { active: next, coming: rest, retiring: retired.sort((a, b) => a.until - b.until), activeSince: now }
}

/** Drops the retiring keys whose time is over. Gives the same object if there are none. */
export function withoutRetired<Key>(state: KeyringState<Key>, now: number): KeyringState<Key> {
  const oldest = state.retiring[0]
  if (oldest === undefined || now < oldest.until) return state
  return { ...state, retiring: state.retiring.filter(({ until }) => now < until) }
}

/**
 * Drops some keys. If the active key is among them, the next key signs from now on. The dropped key does not retire: nothing
 * that it signed is accepted any more.
 *
 * @param fresh as many new keys as `missingWithout` says
 */
export function without<Key>(
  state: KeyringState<Key>,
  isWithdrawn: (key: Key) => boolean,
  fresh: readonly Key[],
  now: number,
): KeyringState<Key> {
  const usable = [state.active, ...state.coming].filter((key) => !isWithdrawn(key))
  const [active = state.active, ...coming] = [...usable, ...fresh]
  const retiring = state.retiring.filter(({ key }) => !isWithdrawn(key))
  return { active, coming, retiring, activeSince: active === state.active ? state.activeSince : now }
}

/** Gives how many keys must be made before some are withdrawn, so that one is active and one is coming. */
export function missingWithout<Key>({ active, coming }: KeyringState<Key>, isWithdrawn: (key: Key) => boolean): number {
  return Math.max(0, 2 - [active, ...coming].filter((key) => !isWithdrawn(key)).length)
}

/** Gives all keys, the active one first. */
export function keysOf<Key>({ active, coming, retiring }: KeyringState<Key>): readonly Key[] {
  return [active, ...coming, ...retiring.map(({ key }) => key)]
}
