import { isNested } from './depth.js'

/**
 * Freezes a parsed claims set deeply. It has no cycles, and its depth was checked before. All requests with the same token
 * share these claims, so a handler that changed them would change them for all.
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
 * Freezes what a claims schema has copied from the token: objects and lists of which the token has every member at the same
 * place. A schema may also put in objects of the app. These are not frozen.
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

/** Whether a value is a list or a plain object, as JSON has them. */
function isContainer(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
