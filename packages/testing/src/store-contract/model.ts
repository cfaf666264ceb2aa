import type { NewFamily, Rotation } from '@latchkey/session'

/** What a store must remember of a family, in its simplest form. */
interface ModelFamily {
  readonly sub: string
  readonly current: string
  readonly parent: string | null
  readonly sealed: string | null
  readonly graceUntil: number
  readonly isBound: boolean
  readonly expiresAt: number
  readonly absoluteEnd: number
}

/** All families by id. The one that was refreshed longest ago is first. It is never changed: each operation makes a new one. */
export type ModelState = ReadonlyMap<string, ModelFamily>

/** An operation on a store. */
export type Operation =
  | { readonly type: 'start'; readonly family: NewFamily }
  | { readonly type: 'rotate'; readonly rotation: Rotation }
  | { readonly type: 'end'; readonly id: string }
  | { readonly type: 'bind'; readonly id: string }
  | { readonly type: 'endAll'; readonly sub: string }
  | { readonly type: 'read'; readonly id: string }
  | { readonly type: 'list'; readonly sub: string }

/** Does what a store without concurrency would do. Gives the state afterwards, and the result as a text. */
export function apply(state: ModelState, operation: Operation, now: number): readonly [ModelState, string] {
  const living = new Map([...state].filter(([, family]) => now < family.expiresAt))
  switch (operation.type) {
    case 'start': {
      const { id, sub, perSubject } = operation.family
      const own = [...living].flatMap(([each, family]) => (family.sub === sub ? [each] : []))
      const evicted = own.slice(0, Math.max(0, own.length - perSubject + 1))
      for (const each of evicted) living.delete(each)
      return [living.set(id, begun(operation.family, now)), `evicted ${evicted.toSorted().join(' ')}`]
    }
    case 'rotate':
      return rotate(living, operation.rotation, now)
    case 'end':
      return [living, String(living.delete(operation.id))]
    case 'bind': {
      const family = living.get(operation.id)
      if (family === undefined) return [living, 'gone']
      if (family.isBound) return [living, 'same']
      return [living.set(operation.id, { ...family, isBound: true }), 'bound']
    }
    case 'endAll': {
      const ids = idsOf(living, operation.sub)
      for (const id of ids) living.delete(id)
      return [living, ids.join(' ')]
    }
    case 'read': {
      const family = living.get(operation.id)
      return [living, family === undefined ? 'none' : `${family.current} after ${family.parent}`]
    }
    case 'list':
      return [living, idsOf(living, operation.sub).join(' ')]
  }
}

function begun({ sub, current, idleTtl, absoluteTtl }: NewFamily, now: number): ModelFamily {
  const absoluteEnd = now + absoluteTtl
  const expiresAt = Math.min(now + idleTtl, absoluteEnd)
  return { sub, current, parent: null, sealed: null, graceUntil: now, isBound: false, expiresAt, absoluteEnd }
}

function rotate(living: Map<string, ModelFamily>, rotation: Rotation, now: number): readonly [ModelState, string] {
  const family = living.get(rotation.id)
  if (family === undefined) return [living, 'gone']
  const { presented, successor, sealedSuccessor, reuseGrace, idleTtl } = rotation
  if (presented === family.parent && now < family.graceUntil) return [living, `repeated ${family.sealed}`]
  if (presented !== family.current) return [living, 'mismatch']
  living.delete(rotation.id)
  living.set(rotation.id, {
    ...family,
    current: successor,
    parent: presented,
    sealed: sealedSuccessor,
    graceUntil: now + reuseGrace,
    expiresAt: Math.min(now + idleTtl, family.absoluteEnd),
  })
  return [living, 'rotated']
}

function idsOf(living: ModelState, sub: string): readonly string[] {
  return [...living].flatMap(([id, family]) => (family.sub === sub ? [id] : [])).sort()
}
