import { type Algorithm, type Clock, ConfigError, type JwkSet } from '@latchkey/core'
import { refuseUnknownOptions, requireNonNegative, systemClock } from '@latchkey/core/adapter'
import {
  advance,
  entriesOf,
  type HeldSigningKeys,
  type KeyringEntry,
  publish,
  withoutRetired,
} from './held-signing-keys.js'
import type { Keyring } from './keyring.js'
import { generateKey, loadKey, type PrivateKey } from './private-key.js'

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
}

/**
 * Makes a keyring of keys that the app has read from where it keeps its secrets, or of new ones.
 *
 * @throws ConfigError for a key that is not private, weak, damaged or there twice (as a rejection)
 */
export async function createKeyring(options: KeyringOptions = {}): Promise<LocalKeyring> {
  refuseUnknownOptions('createKeyring', options, ['keys', 'retiring', 'alg', 'retireAfter', 'clock'])
  requireNonNegative('createKeyring: retireAfter', options.retireAfter)
  const { retireAfter = 3600, clock = systemClock } = options
  let held = await load(options)
  const alg = options.alg ?? held.active.alg
  let published: JwkSet | undefined
  let rotation: Promise<void> = Promise.resolve()

  /** Drops what has retired; cheap, since it is asked at every token. */
  function current(): HeldSigningKeys {
    const kept = withoutRetired(held, clock())
    if (kept !== held) change(kept)
    return held
  }

  function change(to: HeldSigningKeys): void {
    held = to
    published = undefined
  }

  async function rotateNow(): Promise<void> {
    // One to become active and one to be published next, as far as they are not there.
    const missing = Math.max(0, 2 - held.coming.length)
    const fresh = await Promise.all(Array.from({ length: missing }, () => generateKey(alg)))
    const keys = current()
    change(advance({ ...keys, coming: [...keys.coming, ...fresh] }, clock() + retireAfter))
  }

  function jwks(): JwkSet {
    const keys = current()
    published ??= publish(keys)
    return published
  }

  return {
    signingKey: () => held.active,
    verification: { jwks: { current: jwks } },
    jwks,
    retireAfter,
    keys: () => entriesOf(current()),
    rotate: () => {
      // One after the other; a failed one does not stand in the way of the next.
      rotation = rotation.then(rotateNow, rotateNow)
      return rotation
    },
  }
}

async function load({ keys, retiring = [], alg = 'ES256' }: KeyringOptions): Promise<HeldSigningKeys> {
  if (keys !== undefined && !(Array.isArray(keys) && keys.length > 0)) {
    throw new ConfigError('createKeyring: keys is an empty list. Leave it out to have keys made.')
  }
  const usable = await (keys === undefined
    ? Promise.all([generateKey(alg), generateKey(alg)])
    : Promise.all(keys.map(loadKey)))
  const old = await Promise.all(retiring.map(loadKey))
  const kids = [...usable, ...old].map(({ kid }) => kid)
  if (new Set(kids).size < kids.length) throw new ConfigError('createKeyring: two keys have the same kid.')
  const [active, ...coming] = usable
  if (active === undefined) throw new ConfigError('createKeyring: keys is an empty list.')
  return { active, coming, retiring: old.map((key) => ({ key, until: Number.POSITIVE_INFINITY })) }
}
