import type { JsonObject } from './compact-jws.js'

/** How many levels claims and header may have. The object itself is the first level; every object or list inside adds one. */
export const deepestNesting: number = 64

/**
 * Whether a JSON object has too many levels. Code that walks through it, such as `JSON.stringify`, would run out of stack. It
 * stops looking at the limit, so thousands of levels and cycles do no harm.
 *
 * @param levels the allowed number of levels; default 64
 */
export function isTooDeep(value: object, levels: number = deepestNesting): boolean {
  if (levels === 0) return true
  if (Array.isArray(value)) return value.some((member) => isNested(member) && isTooDeep(member, levels - 1))
  // Not with Object.values, which first makes a list and takes eight times as long.
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
