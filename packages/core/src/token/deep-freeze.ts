import { isNested } from './depth.js'

/**
 * Freezes a claims set as it was parsed, which has no cycles and was found not to be nested too deep. Claims are handed to
 * every request that carries the same token, so a handler that writes into them would write into all of these.
 */
export function deepFreeze<T extends object>(parsed: T): T {
  if (Array.isArray(parsed)) {
    for (const member of parsed) if (isNested(member)) deepFreeze(member)
  } else {
    for (const name in parsed) {
      const member: unknown = parsed[name]
      if (isNested(member)) deepFreeze(member)
    }
  }
  return Object.freeze(parsed)
}

/**
 * Freezes what a claims schema copied from the token: objects and lists all of whose members the token has at the same place. The
 * app's own objects, which a schema may put in their stead, stay as they are.
 */
export function freezeCopies(output: object, original: object): void {
  for (const [name, value] of Object.entries(output)) {
    const source: unknown = Reflect.get(original, name)
    if (!isContainer(value) || !isContainer(source)) continue
    if (isCopy(value, source)) deepFreeze(value)
    else freezeCopies(value, source)
  }
}

function isCopy(value: object, original: object): boolean {
  return Object.entries(value).every(([name, member]) => {
    const source: unknown = Reflect.get(original, name)
    return Object.is(member, source) || (isContainer(member) && isContainer(source) && isCopy(member, source))
  })
}

/** A list or a plain object: what JSON has. */
function isContainer(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
