/** Copies options deeply, so that a later change of the original does not change the copy. */
export function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf)
  if (value instanceof Uint8Array) return Uint8Array.from(value)
  if (!isPlain(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copyOf(member)]))
}

/** Whether two options are the same, member by member. Functions and instances of classes must be the same object. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (!isComparable(a) || !isComparable(b) || Array.isArray(a) !== Array.isArray(b)) return false
  const [mine, theirs] = [new Map(Object.entries(a)), new Map(Object.entries(b))]
  return (
    mine.size === theirs.size &&
    [...mine].every(([name, member]) => theirs.has(name) && isSame(member, theirs.get(name)))
  )
}

function isComparable(value: object): boolean {
  return Array.isArray(value) || value instanceof Uint8Array || isPlain(value)
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
