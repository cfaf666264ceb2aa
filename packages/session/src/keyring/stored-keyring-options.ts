import { type Algorithm, type Clock, ConfigError } from '@latchkey/core'
import { refuseUnknownOptions, requireNonNegative, systemClock } from '@latchkey/core/adapter'
import type { SessionStore } from '../store/session-store.js'
import type { KeyringPlace } from './keyring-record.js'
import { createKeySealer } from './sealed-keys.js'

/** Where a shared keyring is kept and when its keys are replaced; durations in seconds. */
export interface StoredKeyringOptions {
  /** The store that the processes share. */
  readonly store: Pick<SessionStore, 'keys'>
  /** 32 bytes each, from where the app keeps its secrets. The first seals the private keys, all open them. */
  readonly keyEncryptionKeys: readonly Uint8Array[]
  /** Of the keys that are made. Default ES256. */
  readonly alg?: Algorithm
  /** After how long the active key is replaced. Default 2592000, 30 days. */
  readonly rotateEvery?: number
  /** For how long a key stays published after it was replaced. Default 86400, a day. */
  readonly retireAfter?: number
  /**
   * How old what this process knows may become before a use of the keys looks at the store again, where timers do not run (on
   * Workers, say): elsewhere it looks every second. At most 60, the default.
   */
  readonly reloadEvery?: number
  /** The present in seconds since the epoch. Default: the system clock. */
  readonly clock?: Clock
}

/** What options are read into. */
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
