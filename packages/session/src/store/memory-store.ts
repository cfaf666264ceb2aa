import { type Clock, ConfigError } from '@latchkey/core'
import { refuseUnknownOptions, systemClock } from '@latchkey/core/adapter'
import type {
  Family,
  FamilyRecord,
  KeyRecord,
  KeyStore,
  NewFamily,
  RevocationLog,
  RevocationWatcher,
  Rotation,
  RotationResult,
  SessionStore,
} from './session-store.js'

/** How a memory store is bounded. */
export interface MemoryStoreOptions {
  /** Most sessions kept; beyond that the one refreshed longest ago ends. Default 100,000. */
  readonly maxFamilies?: number
  /** The present in seconds since the epoch. Default: the system clock. */
  readonly clock?: Clock
}

/**
 * Keeps sessions in this process: for development, tests, and apps that are one process and may sign everybody out when
 * they restart.
 */
export function memoryStore(options: MemoryStoreOptions = {}): SessionStore {
  refuseUnknownOptions('memoryStore', options, ['maxFamilies', 'clock'])
  const { maxFamilies = 100_000, clock = systemClock } = options
  if (!Number.isInteger(maxFamilies) || maxFamilies < 1) {
    throw new ConfigError('memoryStore: maxFamilies must be a whole number, 1 or more.')
  }
  const families = new Families(maxFamilies, clock)
  return {
    // Each runs to its end in one turn, which is what makes it atomic here.
    start: async (family) => families.start(family),
    read: async (id) => families.read(id),
    rotate: async (rotation) => families.rotate(rotation),
    end: async (id) => families.end(id),
    endAll: async (sub) => families.of(sub).filter((id) => families.end(id)),
    list: async (sub) => families.of(sub).flatMap((id) => families.read(id)?.family ?? []),
    revocations: memoryRevocationLog(clock),
    keys: memoryKeyStore(),
    prepare: async () => {},
  }
}

interface Entry extends FamilyRecord {
  readonly sealedSuccessor: string | null
}

/** The families by id, the one refreshed longest ago first. */
class Families {
  readonly #byId = new Map<string, Entry>()
  readonly #bySub = new Map<string, Set<string>>()
  readonly #max: number
  readonly #clock: Clock

  constructor(max: number, clock: Clock) {
    this.#max = max
    this.#clock = clock
  }

  start({ current, tagKey, idleTtl, absoluteTtl, ...given }: NewFamily): Family {
    const startedAt = this.#clock()
    const absoluteEnd = startedAt + absoluteTtl
    const family = { ...given, startedAt, absoluteEnd, expiresAt: Math.min(startedAt + idleTtl, absoluteEnd) }
    this.#put({ family, current, tagKey, parent: null, graceUntil: null, sealedSuccessor: null })
    this.#bySub.set(family.sub, (this.#bySub.get(family.sub) ?? new Set()).add(family.id))
    this.#sweep(startedAt)
    return family
  }

  read(id: string): FamilyRecord | null {
    const entry = this.#alive(id)
    if (entry === undefined) return null
    const { sealedSuccessor: _, ...record } = entry
    return record
  }

  rotate({ id, presented, successor, sealedSuccessor, reuseGrace, idleTtl, grant }: Rotation): RotationResult {
    const now = this.#clock()
    this.#sweep(now)
    const entry = this.#alive(id)
    if (entry === undefined) return { outcome: 'unknown' }
    if (presented === entry.current) {
      const family = {
        ...entry.family,
        ...grant,
        expiresAt: Math.min(now + idleTtl, entry.family.absoluteEnd),
      }
      const graceUntil = now + reuseGrace
      this.#put({ family, tagKey: entry.tagKey, current: successor, parent: presented, graceUntil, sealedSuccessor })
      return { outcome: 'rotated', family }
    }
    if (presented === entry.parent && entry.sealedSuccessor !== null) {
      return { outcome: 'repeated', family: entry.family, sealedSuccessor: entry.sealedSuccessor }
    }
    return { outcome: 'mismatch', tagKey: entry.tagKey }
  }

  end(id: string): boolean {
    const alive = this.#alive(id) !== undefined
    this.#drop(id)
    return alive
  }

  of(sub: string): readonly string[] {
    return [...(this.#bySub.get(sub) ?? [])]
  }

  /** The entry if its family lives, without a sealed successor whose grace is over. */
  #alive(id: string): Entry | undefined {
    const entry = this.#byId.get(id)
    const now = this.#clock()
    if (entry === undefined) return undefined
    if (now >= entry.family.expiresAt) {
      this.#drop(id)
      return undefined
    }
    if (entry.graceUntil === null || entry.sealedSuccessor === null || now < entry.graceUntil) return entry
    const erased = { ...entry, sealedSuccessor: null }
    this.#byId.set(id, erased)
    return erased
  }

  #put(entry: Entry): void {
    this.#byId.delete(entry.family.id)
    this.#byId.set(entry.family.id, entry)
  }

  #drop(id: string): void {
    const entry = this.#byId.get(id)
    if (entry === undefined) return
    this.#byId.delete(id)
    const siblings = this.#bySub.get(entry.family.sub)
    siblings?.delete(id)
    if (siblings?.size === 0) this.#bySub.delete(entry.family.sub)
  }

  /** Those refreshed longest ago stand first: forget the expired among them, and whoever is one too many. */
  #sweep(now: number): void {
    for (const [id, { family }] of this.#byId) {
      if (now < family.expiresAt && this.#byId.size <= this.#max) return
      this.#drop(id)
    }
  }
}

function memoryRevocationLog(clock: Clock): RevocationLog {
  const until = new Map<string, number>()
  const watchers = new Set<RevocationWatcher>()
  return {
    add: async (ids, forSeconds) => {
      const now = clock()
      for (const [id, end] of until) if (now >= end) until.delete(id)
      for (const id of ids) {
        until.set(id, Math.max(until.get(id) ?? 0, now + forSeconds))
        for (const watcher of watchers) watcher.revoked(id, forSeconds)
      }
    },
    watch: async (watcher) => {
      const now = clock()
      for (const [id, end] of until) if (now < end) watcher.revoked(id, end - now)
      watchers.add(watcher)
      watcher.sure()
      return async () => void watchers.delete(watcher)
    },
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
