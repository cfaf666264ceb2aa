import { type Algorithm, type Clock, ConfigError, type JwkSet } from '@latchkey/core'
import { refuseUnknownOptions, requireNonNegative, systemClock } from '@latchkey/core/adapter'
import type { Keyring } from './keyring.js'
import {
  type KeyringState,
  keysOf,
  missingToRotate,
  missingWithout,
  rotated,
  without,
  withoutRetired,
} from './keyring-state.js'
import { generateKey, type LoadedKey, loadKey, type PrivateKey } from './private-key.js'
import { entriesOf, type KeyringEntry, keyNamed, publish } from './published-keys.js'

/** What a local keyring holds and how it is replaced. */
export interface KeyringOptions {
  /** The first is active and signs; the others are coming: published, so that they are known when their turn comes. Default: two new ones. */
  readonly keys?: readonly PrivateKey[]
  /** Signed until lately: published as long as the process lives, never used again. Default: none. */
  readonly retiring?: readonly PrivateKey[]
  /** Of keys that are made here. Default: that of the first key, else ES256. */
  readonly alg?: Algorithm
  /**
   * Seconds for which a key stays published after `rotate` took it out of use; more than an access token lives. Default 3600.
   */
  readonly retireAfter?: number
  /** The present in seconds since the epoch. Default: the system clock. */
  readonly clock?: Clock
}

/** A keyring that lives in this process. */
export interface LocalKeyring extends Keyring {
  /** The keys and their states, the active one first. */
  keys(): readonly KeyringEntry[]
  /**
   * Puts the coming key to use, retires the active one and makes another that comes next. No token in flight is refused: the
   * one that signs now was published before, and the one that signed until now stays so.
   */
  rotate(): Promise<void>
  /**
   * Takes a key out at once, one that was stolen say: what it signed is refused from now on. Where it was the active key, the
   * coming one signs. Others who verify by the JWKS route drop it when they fetch again.
   *
   * @returns false where the keyring has no such key
   */
  withdraw(kid: string): Promise<boolean>
}

const optionNames: Record<keyof KeyringOptions, true> = {
  keys: true,
  retiring: true,
  alg: true,
  retireAfter: true,
  clock: true,
}

/**
 * Makes a keyring of keys that the app has read from where it keeps its secrets, or of new ones.
 *
 * @throws ConfigError for a key that is not private, weak, damaged or there twice (as a rejection)
 */
export async function createKeyring(options: KeyringOptions = {}): Promise<LocalKeyring> {
  refuseUnknownOptions('createKeyring', options, optionNames)
  requireNonNegative('createKeyring: retireAfter', options.retireAfter)
  const { retireAfter = 3600, clock = systemClock } = options
  let state = await load(options, clock())
  const alg = options.alg ?? state.active.alg
  let published: JwkSet | undefined
  let lastStep: Promise<unknown> = Promise.resolve()

  /** Drops what has retired; cheap, since it is asked at every token. */
  function current(): KeyringState<LoadedKey> {
    const kept = withoutRetired(state, clock())
    if (kept !== state) change(kept)
    return state
  }

  function change(to: KeyringState<LoadedKey>): void {
    state = to
    published = undefined
  }

  function jwks(): JwkSet {
    const keys = current()
    published ??= publish(keys)
    return published
  }

  /** One after the other; a failed one does not stand in the way of the next. */
  function inTurn<T>(step: () => Promise<T>): Promise<T> {
    const result = lastStep.then(step, step)
    lastStep = result
    return result
  }

  function make(count: number): Promise<LoadedKey[]> {
    return Promise.all(Array.from({ length: count }, () => generateKey(alg)))
  }

  async function rotate(): Promise<void> {
    const fresh = await make(missingToRotate(state))
    change(rotated(state, fresh, { now: clock(), retireAfter }))
  }

  async function withdraw(kid: string): Promise<boolean> {
    const isNamed = keyNamed(current(), kid, ({ publicJwk }) => publicJwk)
    if (isNamed === undefined) return false
    const fresh = await make(missingWithout(state, isNamed))
    change(without(state, isNamed, fresh, clock()))
    return true
  }

  return {
    signingKey: () => state.active,
    verification: { jwks: { current: jwks } },
    jwks,
    retireAfter,
    keys: () => entriesOf(current()),
    rotate: () => inTurn(rotate),
    withdraw: (kid) => inTurn(() => withdraw(kid)),
  }
}

async function load(
  { keys, retiring = [], alg = 'ES256' }: KeyringOptions,
  activeSince: number,
): Promise<KeyringState<LoadedKey>> {
  if (keys !== undefined && !(Array.isArray(keys) && keys.length > 0)) {
    throw new ConfigError('createKeyring: keys is an empty list. Leave it out to have keys made.')
  }
  const [active, ...coming] = await Promise.all(
    keys === undefined
      ? [generateKey(alg), generateKey(alg)]
      : keys.map((key, index) => loadKey(key, `createKeyring: keys[${index}]`)),
  )
  if (active === undefined)
    throw new ConfigError('createKeyring: keys is an empty list. Leave it out to have keys made.')
  const old = await Promise.all(retiring.map((key, index) => loadKey(key, `createKeyring: retiring[${index}]`)))
  const state: KeyringState<LoadedKey> = {
    active,
    coming,
    retiring: old.map((key) => ({ key, until: Number.POSITIVE_INFINITY })),
    activeSince,
  }
  const kids = keysOf(state).map(({ kid }) => kid)
  if (new Set(kids).size < kids.length)
    throw new ConfigError('createKeyring: two keys have the same kid. Give each its own, or name each key once.')
  return state
}
