import type { Algorithm, Jwk, JwkSet } from '@latchkey/core'
import { type KeyringState, keysOf } from './keyring-state.js'
import type { LoadedKey } from './private-key.js'

/** A key of a keyring, without anything secret. */
export interface KeyringEntry {
  readonly kid: string
  readonly alg: Algorithm
  readonly state: 'coming' | 'active' | 'retiring'
}

/** The public keys to publish, the active one first. */
export function publish(state: KeyringState<LoadedKey>): JwkSet {
  return { keys: keysOf(state).map(({ publicJwk }): Jwk => publicJwk) }
}

/** The keys and their states, the active one first. */
export function entriesOf({ active, coming, retiring }: KeyringState<LoadedKey>): readonly KeyringEntry[] {
  const entry = ({ kid, alg }: LoadedKey, state: KeyringEntry['state']): KeyringEntry => ({ kid, alg, state })
  return [
    entry(active, 'active'),
    ...coming.map((key) => entry(key, 'coming')),
    ...retiring.map(({ key }) => entry(key, 'retiring')),
  ]
}

/**
 * Finds a key, whatever kid it has: what was stolen is the key and not its name.
 *
 * @returns says of each key whether it is the one named; undefined where no key has that kid
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

/** What makes a public key the key that it is (RFC 7638 §3.2). */
function material(jwk: Jwk): string {
  return JSON.stringify(['kty', 'crv', 'x', 'y', 'n', 'e'].map((name) => jwk[name] ?? null))
}
