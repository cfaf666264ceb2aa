import type { Algorithm, Jwk, JwkSet } from '@latchkey/core'
import type { LoadedKey } from './private-key.js'

/** A key of a keyring, without anything secret. */
export interface KeyringEntry {
  readonly kid: string
  readonly alg: Algorithm
  readonly state: 'coming' | 'active' | 'retiring'
}

/** The keys of a keyring by what they are for. Never changed: each step gives a new one. */
export interface HeldSigningKeys {
  /** Signs now. */
  readonly active: LoadedKey
  /** Published already, so that verifiers know them when their turn comes. */
  readonly coming: readonly LoadedKey[]
  /** Signed before; published until the moment given, in seconds since the epoch. */
  readonly retiring: readonly { readonly key: LoadedKey; readonly until: number }[]
}

/**
 * One rotation: the first coming key becomes active and the active one retires.
 *
 * @param until when the retired key is dropped
 */
export function advance({ active, coming, retiring }: HeldSigningKeys, until: number): HeldSigningKeys {
  const [next = active, ...rest] = coming
  const retired = [...retiring, { key: active, until }]
  return { active: next, coming: rest, retiring: retired.sort((a, b) => a.until - b.until) }
}

/** The same keys without those whose time is over; the same object where there are none. */
export function withoutRetired(held: HeldSigningKeys, now: number): HeldSigningKeys {
  const oldest = held.retiring[0]
  if (oldest === undefined || now < oldest.until) return held
  return { ...held, retiring: held.retiring.filter(({ until }) => now < until) }
}

/** The public keys to publish, the active one first. */
export function publish({ active, coming, retiring }: HeldSigningKeys): JwkSet {
  return { keys: [active, ...coming, ...retiring.map(({ key }) => key)].map(({ publicJwk }): Jwk => publicJwk) }
}

/** The keys and their states, the active one first. */
export function entriesOf({ active, coming, retiring }: HeldSigningKeys): readonly KeyringEntry[] {
  const entry = ({ kid, alg }: LoadedKey, state: KeyringEntry['state']): KeyringEntry => ({ kid, alg, state })
  return [
    entry(active, 'active'),
    ...coming.map((key) => entry(key, 'coming')),
    ...retiring.map(({ key }) => entry(key, 'retiring')),
  ]
}
