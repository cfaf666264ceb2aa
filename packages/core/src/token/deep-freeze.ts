/**
 * Freezes a value and the plain objects and lists in it. Claims are handed to every request that carries the same token, so
 * a handler that writes into them would write into all of these. What is frozen already is gone through all the same: a
 * schema that freezes its output (Zod's `readonly`) freezes no deeper than one level.
 */
export function deepFreeze<T>(value: T): T {
  if (isPlain(value)) freezeMembers(value, undefined)
  return value
}

/** `seen` is made only for a value with values inside: most claims sets have none. */
function freezeMembers(value: object, seen: Set<object> | undefined): void {
  Object.freeze(value)
  for (const member of Object.values(value)) {
    if (!isPlain(member) || seen?.has(member)) continue
    seen ??= new Set([value])
    freezeMembers(member, seen.add(member))
  }
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
