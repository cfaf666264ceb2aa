import type { Clock } from '@latchkey/core'
import type {
  Binding,
  BindingResult,
  Family,
  FamilyRecord,
  Gone,
  NewFamily,
  Rotation,
  RotationResult,
  WhyGone,
} from './session-store.js'

/** A family as it is kept in memory. */
export interface MemoryFamily extends FamilyRecord {
  readonly issuer: string
  readonly sealedSuccessor: string | null
  readonly sealed: string | null
  /** Until when it must be bound to a device; null: it need not be. */
  readonly bindBy: number | null
  /** When the last access token that was issued for it expires. */
  readonly accessUntil: number
  /** Counts the starts, because two families may start at the same time. */
  readonly order: number
}

/** The families of all issuers. The one that was refreshed longest ago is first. */
export class MemoryFamilies {
  readonly #all = new Map<string, MemoryFamily>()
  /** The keys of each subject's families. The one that was refreshed longest ago is first. */
  readonly #bySubject = new Map<string, Set<string>>()
  #started = 0
  readonly #max: number
  readonly #clock: Clock

  constructor(max: number, clock: Clock) {
    this.#max = max
    this.#clock = clock
  }

  start(issuer: string, given: NewFamily): { readonly begun: Family; readonly evicted: readonly MemoryFamily[] } {
    const now = this.#clock()
    const { current, tagKey, idleTtl, absoluteTtl, accessTtl, perSubject, challengeKey, bindWithin, sealed, ...said } =
      given
    const absoluteEnd = now + absoluteTtl
    const expiresAt = Math.min(now + idleTtl, absoluteEnd)
    const family = { ...said, startedAt: now, refreshedAt: now, expiresAt, absoluteEnd }
    const evicted = this.#makeRoom(issuer, said.sub, perSubject)
    this.#put({
      issuer,
      family,
      current,
      tagKey,
      parent: null,
      graceUntil: null,
      sealedSuccessor: null,
      challengeKey: challengeKey ?? null,
      deviceKey: null,
      bindBy: bindWithin === undefined ? null : now + bindWithin,
      accessUntil: now + accessTtl,
      sealed: sealed ?? null,
      order: this.#started++,
    })
    return { begun: family, evicted }
  }

  read(issuer: string, id: string): FamilyRecord | Gone {
    const kept = this.#find(issuer, id)
    if ('gone' in kept) return kept
    const { family, current, parent, graceUntil, tagKey, challengeKey, deviceKey } = kept
    return { family, current, parent, graceUntil, tagKey, challengeKey, deviceKey }
  }

  alive(issuer: string, id: string): MemoryFamily | undefined {
    const kept = this.#find(issuer, id)
    return 'gone' in kept ? undefined : kept
  }

  rotate(issuer: string, rotation: Rotation): RotationResult {
    const { id, presented, successor, sealedSuccessor, reuseGrace, idleTtl, accessTtl, grant, proven } = rotation
    const now = this.#clock()
    const found = this.#find(issuer, id)
    if ('gone' in found) return { outcome: 'gone', gone: found.gone }
    const kept = { ...found, accessUntil: Math.max(found.accessUntil, now + accessTtl) }
    if (presented === kept.current) {
      const expiresAt = Math.min(now + idleTtl, kept.family.absoluteEnd)
      const family = { ...kept.family, ...grant, refreshedAt: now, expiresAt }
      const graceUntil = now + reuseGrace
      this.#put({ ...kept, family, current: successor, parent: presented, graceUntil, sealedSuccessor })
      return { outcome: 'rotated', family }
    }
    if (presented !== kept.parent) return { outcome: 'mismatch', tagKey: kept.tagKey }
    if (successor === kept.current) {
      this.#replace(kept)
      return { outcome: 'rotated', family: kept.family }
    }
    const isInGrace = now < (kept.graceUntil ?? now) || (proven === true && kept.deviceKey !== null)
    if (!isInGrace) return { outcome: 'mismatch', tagKey: kept.tagKey }
    // It was erased before the family was bound. The user must log in again, but it is not theft.
    if (kept.sealedSuccessor === null) return { outcome: 'gone', gone: 'unknown' }
    this.#replace(kept)
    return { outcome: 'repeated', family: kept.family, sealedSuccessor: kept.sealedSuccessor }
  }

  /** Ends a family, also one that was not bound in time. Gives what was ended: one, or none. */
  end(issuer: string, id: string): readonly MemoryFamily[] {
    const kept = this.#all.get(keyOf(issuer, id))
    if (kept === undefined) return []
    this.#drop(kept)
    return this.#clock() < kept.family.expiresAt ? [kept] : []
  }

  endAll(issuer: string, sub: string): readonly MemoryFamily[] {
    return this.#of(issuer, sub).flatMap(({ family: { id } }) => this.end(issuer, id))
  }

  list(issuer: string, sub: string): readonly Family[] {
    return this.#of(issuer, sub)
      .flatMap(({ family: { id } }) => this.alive(issuer, id) ?? [])
      .sort((a, b) => b.family.startedAt - a.family.startedAt || b.order - a.order)
      .map(({ family }) => family)
  }

  bind(issuer: string, { id, deviceKey, within }: Binding): BindingResult {
    const kept = this.alive(issuer, id)
    if (kept === undefined) return 'gone'
    if (kept.deviceKey !== null) return kept.deviceKey === deviceKey ? 'same' : 'other'
    if (this.#clock() > kept.family.startedAt + within) return 'late'
    this.#replace({ ...kept, deviceKey })
    return 'bound'
  }

  replaceSealed(issuer: string, id: string, expected: string | null, sealed: string | null): boolean {
    const kept = this.alive(issuer, id)
    if (kept === undefined || kept.sealed !== expected) return false
    this.#replace({ ...kept, sealed })
    return true
  }

  /** Gives the family if it is alive. It erases a sealed successor whose time is over. */
  #find(issuer: string, id: string): MemoryFamily | Gone {
    const kept = this.#all.get(keyOf(issuer, id))
    if (kept === undefined) return { gone: 'unknown' }
    const now = this.#clock()
    const gone = whyGone(kept, now)
    if (gone !== undefined) return { gone }
    const { graceUntil, deviceKey, sealedSuccessor } = kept
    if (sealedSuccessor === null || deviceKey !== null || now < (graceUntil ?? now)) return kept
    const erased = { ...kept, sealedSuccessor: null }
    this.#replace(erased)
    return erased
  }

  #of(issuer: string, sub: string): readonly MemoryFamily[] {
    return [...(this.#bySubject.get(keyOf(issuer, sub)) ?? [])].flatMap((key) => this.#all.get(key) ?? [])
  }

  /** Makes room for one more family: drops expired ones, then ends those that are too many, of the subject and of all. */
  #makeRoom(issuer: string, sub: string, perSubject: number): readonly MemoryFamily[] {
    const now = this.#clock()
    for (const kept of this.#all.values()) {
      if (now < kept.family.expiresAt) break
      this.#drop(kept)
    }
    const evicted = this.#isFull(issuer, sub, perSubject) ? this.#surplus(issuer, sub, perSubject) : []
    for (const each of evicted) this.#drop(each)
    const others = take(this.#all.values(), this.#all.size - this.#max + 1)
    for (const each of others) this.#drop(each)
    return [...evicted, ...others]
  }

  #isFull(issuer: string, sub: string, perSubject: number): boolean {
    return (this.#bySubject.get(keyOf(issuer, sub))?.size ?? 0) >= perSubject
  }

  /** Drops a subject's expired families, and gives those that must end to make room for one more. */
  #surplus(issuer: string, sub: string, perSubject: number): readonly MemoryFamily[] {
    for (const kept of this.#of(issuer, sub)) if (this.#clock() >= kept.family.expiresAt) this.#drop(kept)
    const own = this.#of(issuer, sub)
    // A session that was not bound in time is over already, so it makes room first.
    const isOver = (kept: MemoryFamily) => whyGone(kept, this.#clock()) !== undefined
    const inTurn = [...own.filter(isOver), ...own.filter((kept) => !isOver(kept))]
    return inTurn.slice(0, Math.max(0, own.length - perSubject + 1))
  }

  /** Puts a family behind all others, because it was refreshed last. */
  #put(kept: MemoryFamily): void {
    this.#drop(kept)
    this.#replace(kept)
    const subject = keyOf(kept.issuer, kept.family.sub)
    const siblings = this.#bySubject.get(subject) ?? new Set()
    this.#bySubject.set(subject, siblings.add(keyOf(kept.issuer, kept.family.id)))
  }

  #replace(kept: MemoryFamily): void {
    this.#all.set(keyOf(kept.issuer, kept.family.id), kept)
  }

  #drop({ issuer, family: { id, sub } }: MemoryFamily): void {
    const [key, subject] = [keyOf(issuer, id), keyOf(issuer, sub)]
    this.#all.delete(key)
    const siblings = this.#bySubject.get(subject)
    siblings?.delete(key)
    if (siblings?.size === 0) this.#bySubject.delete(subject)
  }
}

/** Why a family is not alive; undefined if it is. */
export function whyGone(
  { family: { expiresAt, absoluteEnd }, bindBy, deviceKey }: MemoryFamily,
  now: number,
): WhyGone | undefined {
  if (now >= absoluteEnd) return 'absolute'
  if (now >= expiresAt) return 'idle'
  return bindBy !== null && deviceKey === null && now > bindBy ? 'unbound' : undefined
}

/** Gives a key that is different for each pair, although an issuer or a subject may contain any character. */
function keyOf(issuer: string, of: string): string {
  return `${issuer.length} ${issuer} ${of}`
}

function take<T>(values: Iterable<T>, count: number): readonly T[] {
  const taken: T[] = []
  for (const value of values) {
    if (taken.length >= count) break
    taken.push(value)
  }
  return taken
}
