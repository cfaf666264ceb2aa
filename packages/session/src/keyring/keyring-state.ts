/**
 * A keyring's keys by what they are for: private JWKs in a stored record, imported keys in a process. Never changed: each step
 * gives a new one.
 */
export interface KeyringState<Key> {
  /** Signs now. */
  readonly active: Key
  /** Published already, so that verifiers know them when their turn comes. */
  readonly coming: readonly Key[]
  /** Signed before; published until the moment given, the earliest first. */
  readonly retiring: readonly { readonly key: Key; readonly until: number }[]
  /** When the active key became active. Times are seconds since the epoch. */
  readonly activeSince: number
}

/** When a step is taken. */
export interface Moment {
  readonly now: number
  /** Seconds for which a key stays published after it signed for the last time. */
  readonly retireAfter: number
}

/** How many keys have to be made before a rotation: one becomes active, and one is published next. */
export function missingToRotate({ coming }: KeyringState<unknown>): number {
  return Math.max(0, 2 - coming.length)
}

/**
 * One rotation: the first coming key becomes active and the active one retires.
 *
 * @param fresh as many new keys as `missingToRotate` says; they come last
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

/** The same keys without those whose time is over; the same object where there are none. */
export function withoutRetired<Key>(state: KeyringState<Key>, now: number): KeyringState<Key> {
  const oldest = state.retiring[0]
  if (oldest === undefined || now < oldest.until) return state
  return { ...state, retiring: state.retiring.filter(({ until }) => now < until) }
}

/**
 * The same keys without some. Where the active one is among them, the next key signs from now on and the other does not
 * retire: nothing that it signed is accepted any more.
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

/** How many keys have to be made before some are withdrawn, so that one signs and one comes. */
export function missingWithout<Key>({ active, coming }: KeyringState<Key>, isWithdrawn: (key: Key) => boolean): number {
  return Math.max(0, 2 - [active, ...coming].filter((key) => !isWithdrawn(key)).length)
}

/** All keys, the active one first. */
export function keysOf<Key>({ active, coming, retiring }: KeyringState<Key>): readonly Key[] {
  return [active, ...coming, ...retiring.map(({ key }) => key)]
}
