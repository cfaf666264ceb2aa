import type { Clock } from '@latchkey/core'
import { refuseUnknownOptions, requireCount, systemClock } from '@latchkey/core/adapter'
import { MemoryFamilies, type MemoryFamily, whyGone } from './memory-families.js'
import { MemoryRevocationLog } from './memory-revocation-log.js'
import type { Ended, FamilyStore, KeyRecord, KeyStore, SessionStore } from './session-store.js'

/** Options of `memoryStore`. */
export interface MemoryStoreOptions {
  /**
   * The largest number of sessions, of all issuers and subjects together. One more ends the session that was refreshed longest
   * ago, with its event (`session_ended`, reason `evicted`). Default 100,000.
   */
  readonly maxFamilies?: number
  /** Gives the present in seconds since the epoch. Default: the system clock. */
  readonly clock?: Clock
}

/**
 * Makes a store that keeps sessions in the memory of this process. It is for development, for tests, and for apps that run as
 * one process and may sign everybody out when they restart.
 *
 * @throws ConfigError for an unknown option or a wrong value
 */
export function memoryStore(options: MemoryStoreOptions = {}): SessionStore {
  refuseUnknownOptions('memoryStore', options, { maxFamilies: true, clock: true })
  const { maxFamilies = 100_000, clock = systemClock } = options
  requireCount('memoryStore: maxFamilies', maxFamilies)
  const families = new MemoryFamilies(maxFamilies, clock)
  const logs = new Map<string, MemoryRevocationLog>()
  const logOf = (issuer: string): MemoryRevocationLog => {
    const log = logs.get(issuer) ?? new MemoryRevocationLog(clock)
    logs.set(issuer, log)
    return log
  }
  return {
    familiesOf: (issuer) => familiesOf(issuer, families, logOf, clock),
    keys: memoryKeyStore(),
    prepare: async () => {},
  }
}

/** Makes the store of one issuer. Each operation runs in one turn of the event loop, so it is atomic. */
function familiesOf(
  issuer: string,
  families: MemoryFamilies,
  logOf: (issuer: string) => MemoryRevocationLog,
  clock: Clock,
): FamilyStore {
  /** Writes ended families to the log of the issuer that they belong to. */
  function revoke(ended: readonly MemoryFamily[]): readonly Ended[] {
    const now = clock()
    return ended.map((each) => {
      const { id } = each.family
      const revokeFor = Math.max(0, each.accessUntil - now)
      logOf(each.issuer).add(id, revokeFor)
      return { id, revokeFor, unbound: whyGone(each, now) === 'unbound' }
    })
  }

  return {
    start: async (family) => {
      const { begun, evicted } = families.start(issuer, family)
      return { family: begun, evicted: revoke(evicted) }
    },
    read: async (id) => {
      const found = families.read(issuer, id)
      return 'gone' in found && found.gone === 'unknown' && logOf(issuer).has(id) ? { gone: 'ended' } : found
    },
    rotate: async (rotation) => families.rotate(issuer, rotation),
    end: async (id) => revoke(families.end(issuer, id))[0] ?? null,
    endAll: async (sub) => revoke(families.endAll(issuer, sub)),
    list: async (sub) => families.list(issuer, sub),
    bind: async (binding) => families.bind(issuer, binding),
    readSealed: async (id) => families.alive(issuer, id)?.sealed ?? null,
    replaceSealed: async (id, expected, next) => families.replaceSealed(issuer, id, expected, next),
    revocations: logOf(issuer),
  }
}

function memoryKeyStore(): KeyStore {
  let record: KeyRecord | null = null
  return {
    read: async () => record,
    write: async (expected, sealed) => {
      if ((record?.version ?? 0) !== expected) return false
      record = { version: expected + 1, sealed }
      return true
    },
  }
}
