import { type Algorithm, type Clock, ConfigError } from '@latchkey/core'
import { refuseUnknownOptions, requireNonNegative, systemClock } from '@latchkey/core/adapter'
import type { SessionStore } from '../store/session-store.js'
import type { KeyringPlace } from './keyring-record.js'
import { createKeySealer } from './sealed-keys.js'

/** Options of `createStoredKeyring`. Durations are in seconds. */
export interface StoredKeyringOptions {
  /** The store that the processes share. */
  readonly store: Pick<SessionStore, 'keys'>
  /** Secrets of 32 bytes each, which the app keeps. The first encrypts the private keys, all decrypt them. */
  readonly keyEncryptionKeys: readonly Uint8Array[]
  /** The algorithm of new keys. Default ES256. */
  readonly alg?: Algorithm
  /** After how many seconds the active key is replaced. Default 2592000, which is 30 days. */
  readonly rotateEvery?: number
  /**
   * For how many seconds a key stays published after it was replaced. It must be longer than an access token's life. Default
   * 86400, which is a day.
   */
  readonly retireAfter?: number
  /**
   * After how many seconds a use of the keys reads the store again. It matters only on platforms whose timers do not run between
   * requests, such as Workers; elsewhere the store is read every second. At most 60. Default 60.
   */
  readonly reloadEvery?: number
  /** Gives the present in seconds since the epoch. Default: the system clock. */
  readonly clock?: Clock
}

/** The checked options, with their defaults. */
export interface Settings extends KeyringPlace {
  readonly rotateEvery: number
  readonly retireAfter: number
  readonly reloadEvery: number
}

const optionNames: Record<keyof StoredKeyringOptions, true> = {
  store: true,
  keyEncryptionKeys: true,
  alg: true,
  rotateEvery: true,
  retireAfter: true,
  reloadEvery: true,
  clock: true,
}

/**
 * Checks the options of `createStoredKeyring`.
 *
 * @throws ConfigError that says which option is wrong and what to write instead
 */
export function readOptions(options: StoredKeyringOptions): Settings {
  refuseUnknownOptions('createStoredKeyring', options, optionNames)
  const { alg = 'ES256', rotateEvery = 2_592_000, retireAfter = 86_400, reloadEvery = 60 } = options
  for (const [name, seconds] of Object.entries({ rotateEvery, retireAfter, reloadEvery })) {
    requireNonNegative(`createStoredKeyring: ${name}`, seconds)
  }
  if (reloadEvery > 60) {
    throw new ConfigError('createStoredKeyring: reloadEvery must be at most 60 seconds, or replaced keys stay trusted.')
  }
  if (rotateEvery <= reloadEvery) {
    throw new ConfigError(
      'createStoredKeyring: rotateEvery must be longer than reloadEvery, or a process could miss a key.',
    )
  }
  const store = options.store?.keys
  if (typeof store?.read !== 'function') {
    throw new ConfigError('createStoredKeyring: store is missing. Give the one that the sessions use.')
  }
  const clock = options.clock ?? systemClock
  return {
    store,
    sealer: createKeySealer(options.keyEncryptionKeys),
    alg,
    rotateEvery,
    retireAfter,
    reloadEvery,
    clock,
  }
}
