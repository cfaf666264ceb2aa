/**
 * Freezes a value and the plain objects and lists in it. Claims are handed to every request that carries the same token, so
 * a handler that writes into them would write into all of these. What is frozen already is gone through all the same: a
 * schema that freezes its output (Zod's `readonly`) freezes no deeper than one level.
 */
export function deepFreeze<T>(value: T, seen: Set<object> = new Set()): T {
  if (typeof value !== 'object' || value === null || seen.has(value) || !isPlain(value)) return value
  seen.add(value)
  Object.freeze(value)
  for (const member of Object.values(value)) deepFreeze(member, seen)
  return value
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
