import type { JsonObject } from './compact-jws.js'

/** How deep claims and header may be nested: they are the first level, every object or list inside adds one. */
export const deepestNesting: number = 64

/**
 * Whether a JSON object is nested deeper than that, so that what walks through it, as `JSON.stringify` does, has enough stack.
 * Looks no further than that: neither a thousand levels nor a circle does harm.
 */
export function isTooDeep(value: object, levels: number = deepestNesting): boolean {
  if (levels === 0) return true
  if (Array.isArray(value)) return value.some((member) => isNested(member) && isTooDeep(member, levels - 1))
  // Not by Object.values, which makes a list of them first: that takes eight times as long.
  for (const name in value) {
    const member = (value as JsonObject)[name]
    if (isNested(member) && isTooDeep(member, levels - 1)) return true
  }
  return false
}

/** Whether a member adds a level: an object or a list. */
export function isNested(member: unknown): member is object {
  return typeof member === 'object' && member !== null
}
