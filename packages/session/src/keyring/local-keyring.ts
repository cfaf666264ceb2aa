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

/** Options of `createKeyring`. Durations are in seconds. */
export interface KeyringOptions {
  /**
   * The private keys. The first is active and signs. The others are coming: they are already published, so that verifiers know
   * them before they sign. Default: two new keys.
   */
  readonly keys?: readonly PrivateKey[]
  /** Keys that signed until lately. They stay published as long as the process runs, and never sign again. Default: none. */
  readonly retiring?: readonly PrivateKey[]
  /** The algorithm of new keys. Default: that of the first key, else ES256. */
  readonly alg?: Algorithm
  /**
   * For how many seconds a key stays published after `rotate` took it out of use. It must be longer than an access token's
   * life. Default 3600.
   */
  readonly retireAfter?: number
  /** Gives the present in seconds since the epoch. Default: the system clock. */
  readonly clock?: Clock
}

/** A keyring in the memory of this process. */
export interface LocalKeyring extends Keyring {
  /** Gives the keys and their states, the active one first. */
  keys(): readonly KeyringEntry[]
  /**
   * Makes the coming key active, retires the active one, and makes another coming key. No token is refused because of it: the
   * new active key was published before, and the old one stays published.
   */
  rotate(): Promise<void>
  /**
   * Takes a key out at once, e.g. one that was stolen. All that it signed is refused from now on. If it was the active key, the
   * coming one signs now. Others that verify with the JWKS route drop it when they fetch again.
   *
   * @param kid the key's kid
   * @returns false if the keyring has no such key
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
 * Makes a keyring from the app's own private keys, or from new ones.
 *
 * @throws ConfigError, as a rejection, for an unknown option, or for a key that is not private, is weak or damaged, or is there
 * twice
 */
export async function createKeyring(options: KeyringOptions = {}): Promise<LocalKeyring> {
  refuseUnknownOptions('createKeyring', options, optionNames)
  requireNonNegative('createKeyring: retireAfter', options.retireAfter)
  const { retireAfter = 3600, clock = systemClock } = options
  let state = await load(options, clock())
  const alg = options.alg ?? state.active.alg
  let published: JwkSet | undefined
  let lastStep: Promise<unknown> = Promise.resolve()

  /** Drops the keys whose time is over. It is cheap, because it is called for every token. */
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

  /** Runs the steps one after the other. A step that fails does not stop the next one. */
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
  const [active, ...coming] = await Promise.all(
    keys === undefined ? [generateKey(alg), generateKey(alg)] : loadAll('keys', keys),
  )
  if (active === undefined) {
    throw new ConfigError('createKeyring: keys is an empty list. Leave it out to have keys made.')
  }
  if (!Array.isArray(retiring)) throw new ConfigError('createKeyring: retiring must be a list of keys.')
  const old = await Promise.all(loadAll('retiring', retiring))
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

/** Loads the keys of a list; none if it is no list. */
function loadAll(option: string, keys: readonly PrivateKey[]): readonly Promise<LoadedKey>[] {
  if (!Array.isArray(keys)) return []
  return Array.from(keys, (key: PrivateKey, index) => loadKey(key, `createKeyring: ${option}[${index}]`))
}
