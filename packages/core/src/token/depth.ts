/** How deep claims and header may be nested: they are the first level, every object or list inside adds one. */
export const deepestNesting: number = 64

/**
 * Whether a JSON object is nested deeper than that, so that what walks through it, as `JSON.stringify` does, has enough stack.
 * Looks no further than that: neither a thousand levels nor a circle does harm.
 */
export function isTooDeep(value: object, levels: number = deepestNesting): boolean {
  if (levels === 0) return true
  for (const member of Object.values(value)) {
    if (typeof member === 'object' && member !== null && isTooDeep(member, levels - 1)) return true
  }
  return false
}
