import type { Algorithm, Jwk, JwkSet } from '@latchkey/core'
import { type KeyringState, keysOf } from './keyring-state.js'
import type { LoadedKey } from './private-key.js'

/** A key of a keyring, without its private part. */
export interface KeyringEntry {
  /** The key identifier, which tokens name. */
  readonly kid: string
  /** The algorithm that the key signs with. */
  readonly alg: Algorithm
  /** `active`: it signs now. `coming`: it signs later. `retiring`: it signed before. All three are published. */
  readonly state: 'coming' | 'active' | 'retiring'
}

/** Gives the public keys to publish, the active one first. */
export function publish(state: KeyringState<LoadedKey>): JwkSet {
  return { keys: keysOf(state).map(({ publicJwk }): Jwk => publicJwk) }
}

/** Gives the keys and their states, the active one first. */
export function entriesOf({ active, coming, retiring }: KeyringState<LoadedKey>): readonly KeyringEntry[] {
  const entry = ({ kid, alg }: LoadedKey, state: KeyringEntry['state']): KeyringEntry => ({ kid, alg, state })
  return [
    entry(active, 'active'),
    ...coming.map((key) => entry(key, 'coming')),
    ...retiring.map(({ key }) => entry(key, 'retiring')),
  ]
}

/**
 * Finds the keys that are the same as the one with that kid, whatever their own kid: what was stolen is the key, not its name.
 *
 * @returns a function that says of a key whether it is the same; undefined if no key has that kid
 */
export function keyNamed<Key>(
  state: KeyringState<Key>,
  kid: string,
  publicJwkOf: (key: Key) => Jwk,
): ((key: Key) => boolean) | undefined {
  const named = keysOf(state).find((key) => publicJwkOf(key)['kid'] === kid)
  if (named === undefined) return undefined
  const wanted = material(publicJwkOf(named))
  return (key) => material(publicJwkOf(key)) === wanted
}

/** Gives the members that identify a public key (RFC 7638 §3.2), as one text. */
function material(jwk: Jwk): string {
  return JSON.stringify(['kty', 'crv', 'x', 'y', 'n', 'e'].map((name) => jwk[name] ?? null))
}
